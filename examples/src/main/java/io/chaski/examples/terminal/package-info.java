/** What examples share that talk to a person. */
@NullMarked
package io.chaski.examples.terminal;

import org.jspecify.annotations.NullMarked;
