/** Tests of the benchmarks: that they count right, and that they still run. Nothing is measured here. */
package io.chaski.benchmarks;
