/** One file from one node to another, beside what a socket and a digest can do. Start at {@code FilesBenchmark}. */
@NullMarked
package io.chaski.benchmarks.files;

import org.jspecify.annotations.NullMarked;
