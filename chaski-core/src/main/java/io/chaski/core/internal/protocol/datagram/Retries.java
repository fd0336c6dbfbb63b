package io.chaski.core.internal.protocol.datagram;

import java.util.concurrent.TimeUnit;

/** How often a question is asked over UDP, and how long each time waits for its answer. Stateless. */
final class Retries {

    /** A link that loses every fifth packet loses three questions or their answers once in twenty times. */
    static final int TRIES = 3;

    /** Doubles. Most round trips are shorter, so that hardly any question is asked twice in vain. */
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** After the last try. Together with the pauses between them two seconds, ten round trips of a bad line. */
    private static final long LAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1_400);

    private Retries() {}

    /**
     * Time until the next try, or until the question is given up.
     *
     * @param tries how often it was asked, 1 to {@value #TRIES}
     */
    static long waitNanos(int tries) {
        return tries < TRIES ? FIRST_NANOS << tries - 1 : LAST_NANOS;
    }
}
