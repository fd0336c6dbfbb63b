package io.chaski.testkit.internal.host;

import io.chaski.testkit.internal.virtual.Faults;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BooleanSupplier;

/**
 * Time and network of one test. What a world cannot do it refuses with {@link UnsupportedOperationException}, saying
 * what can be done instead.
 */
public interface World {

    /**
     * A place for one more node.
     *
     * @param name label of the node
     */
    Site site(String name);

    /** Time since this world began. */
    Duration now();

    /**
     * Lets time pass.
     *
     * @param duration how much
     */
    void advance(Duration duration);

    /**
     * Lets time pass until something is the case.
     *
     * @param condition what is waited for
     * @param limit how long at most
     * @return whether it is the case now
     */
    boolean runUntil(BooleanSupplier condition, Duration limit);

    /**
     * The faults of the path from one node to another, for changing.
     *
     * @param from sender
     * @param to receiver
     */
    Faults faults(Site from, Site to);

    /**
     * Ends all faults of the path.
     *
     * @param from sender
     * @param to receiver
     */
    void clearFaults(Site from, Site to);

    /** Lets what waited for the end of a block go on, after a fault was changed. */
    void releaseHeld();

    /**
     * Cuts two groups off from each other, in addition to other cuts.
     *
     * @param left one group
     * @param right the other
     */
    void cut(Collection<Site> left, Collection<Site> right);

    /** Ends all cuts. */
    void heal();

    /** Fingerprint of everything that has happened. */
    long traceHash();

    /** The calling thread takes this world over, from whichever thread had it, to end it. */
    void takeOver();
}
