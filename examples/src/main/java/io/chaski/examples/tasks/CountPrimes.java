package io.chaski.examples.tasks;

import io.chaski.streamer.work.QueueType;

// #region job
/**
 * A job: how many primes are there?
 *
 * @param from the first number
 * @param to behind the last number
 */
record CountPrimes(int from, int to) {

    static final QueueType<CountPrimes, Integer> QUEUE = QueueType.json("primes", CountPrimes.class, Integer.class);
}
// #endregion
