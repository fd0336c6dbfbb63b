/** Processes that an example starts, talks to and kills. */
@NullMarked
package io.chaski.examples.process;

import org.jspecify.annotations.NullMarked;
