/** The first ten lines: two nodes, one topic. */
@NullMarked
package io.chaski.examples.quickstart;

import org.jspecify.annotations.NullMarked;
