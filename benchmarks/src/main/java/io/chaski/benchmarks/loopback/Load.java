package io.chaski.benchmarks.loopback;

import java.time.Duration;

/** The sending side's work, done in phases. Confined to one thread. */
interface Load {

    /**
     * Works for a while.
     *
     * @param duration about how long
     */
    Phase run(Duration duration) throws Exception;
}
