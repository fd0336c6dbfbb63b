/** Processes that an example starts, talks to and kills, and a folder for what they write. */
@NullMarked
package io.chaski.examples.process;

import org.jspecify.annotations.NullMarked;
