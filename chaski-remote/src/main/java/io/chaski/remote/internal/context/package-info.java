/** What a call passes on to the calls that it leads to: its deadline and its end. */
@NullMarked
package io.chaski.remote.internal.context;

import org.jspecify.annotations.NullMarked;
