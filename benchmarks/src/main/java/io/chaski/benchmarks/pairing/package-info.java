/**
 * Many nodes in one process find each other over real sockets through one root, which then dies. Start at
 * {@link io.chaski.benchmarks.pairing.PairingBenchmark}.
 */
@NullMarked
package io.chaski.benchmarks.pairing;

import org.jspecify.annotations.NullMarked;
