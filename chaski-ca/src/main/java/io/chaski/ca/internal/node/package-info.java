/** What a node checks when it enrols or renews. Neither sockets nor clocks: replies and times are arguments. */
@NullMarked
package io.chaski.ca.internal.node;

import org.jspecify.annotations.NullMarked;
