package io.chaski.core.internal.protocol.find;

import io.chaski.core.internal.wire.MembershipFrame;
import java.time.Duration;

/**
 * Constants of topic discovery; each default names its reason. Immutable.
 *
 * @param indexMax descriptors of subscribers that a node remembers
 * @param registrationsMax pairs of member and topic that a root keeps
 * @param registerEvery how often a node renews its registration
 * @param registerAtMostEvery least time between two registrations, however often subscriptions change
 * @param lease how long a root believes a registration
 * @param rootsMax roots that a node remembers
 * @param rootsUsed roots that a node registers at
 * @param walkers walks of the first attempt
 * @param walkHops length of each
 * @param wideWalkers walks of later attempts
 * @param wideWalkHops length of each
 * @param floodHops how far a flood goes
 * @param floodEvery least time between two floods of one node
 * @param floodLast longest pause between floods for one topic; the pause doubles from floodEvery
 * @param seenMax look-ups of others that a node remembers, to lead answers back
 * @param seenFor how long it remembers them
 * @param answersPerRequest answers that are led back per look-up
 * @param retryFirst pause after the first attempt; doubles
 * @param retryLast longest pause
 * @param findsPerSecond look-ups a peer may send per second
 * @param foundsPerSecond answers a peer may send per second
 * @param registersPerSecond registrations a peer may send per second
 * @param forgottenAfter age above which a descriptor is no answer
 */
public record DiscoverySettings(
        int indexMax,
        int registrationsMax,
        Duration registerEvery,
        Duration registerAtMostEvery,
        Duration lease,
        int rootsMax,
        int rootsUsed,
        int walkers,
        int walkHops,
        int wideWalkers,
        int wideWalkHops,
        int floodHops,
        Duration floodEvery,
        Duration floodLast,
        int seenMax,
        Duration seenFor,
        int answersPerRequest,
        Duration retryFirst,
        Duration retryLast,
        int findsPerSecond,
        int foundsPerSecond,
        int registersPerSecond,
        Duration forgottenAfter) {

    /** Of 10,000 nodes, walks of 32 hops then find a topic with 5 members with a probability of 0.98. */
    public static final int INDEX_MAX = 256;
    /** About 30 MB at a root at worst. */
    public static final int REGISTRATIONS_MAX = 65_536;
    /** Three chances within a lease. */
    public static final Duration REGISTER_EVERY = Duration.ofSeconds(30);
    /** Subscriptions that change a thousand times a second cost one frame. */
    public static final Duration REGISTER_AT_MOST_EVERY = Duration.ofSeconds(1);
    /** A crashed member is named for a minute and a half at most. */
    public static final Duration LEASE = Duration.ofSeconds(90);
    /** The favourite ports are six. */
    public static final int ROOTS_MAX = 8;
    /** Two may be dead. */
    public static final int ROOTS_USED = 3;
    /** 32 steps in all. */
    public static final int WALKERS = 4;
    /** As long as a view is wide. */
    public static final int WALK_HOPS = 8;
    /** 128 steps in all: a single member among 10,000 nodes is found with a probability of 0.96. */
    public static final int WIDE_WALKERS = 8;
    /** See above. */
    public static final int WIDE_WALK_HOPS = 16;
    /** With five neighbours each, 6 hops reach some 10,000 nodes. */
    public static final int FLOOD_HOPS = 6;
    /** A flood costs every node a handful of frames. */
    public static final Duration FLOOD_EVERY = Duration.ofSeconds(30);
    /** A hundred lonely topics then cost a node less than one frame a second. */
    public static final Duration FLOOD_LAST = Duration.ofMinutes(15);
    /** Two minutes' worth of storm at 20 look-ups a second and neighbour. */
    public static final int SEEN_MAX = 4_096;
    /** Any answer is back long before. */
    public static final Duration SEEN_FOR = Duration.ofSeconds(60);
    /** Eight answers of eight members: more than anybody can use. */
    public static final int ANSWERS_PER_REQUEST = 8;
    /** Members announce themselves within a round trip or not at all. */
    public static final Duration RETRY_FIRST = Duration.ofSeconds(1);
    /** A topic without any other member costs two look-ups a minute. */
    public static final Duration RETRY_LAST = Duration.ofSeconds(30);
    /** Overlay limit; honest traffic stays below 5. */
    public static final int FINDS_PER_SECOND = 20;
    /** As many answers as questions pass a node, twice over. */
    public static final int FOUNDS_PER_SECOND = 40;
    /** An honest node sends one. */
    public static final int REGISTERS_PER_SECOND = 3;
    /** Living members are heard of every ten seconds or so. */
    public static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    /** The values above. */
    public static final DiscoverySettings DEFAULTS = new DiscoverySettings(
            INDEX_MAX,
            REGISTRATIONS_MAX,
            REGISTER_EVERY,
            REGISTER_AT_MOST_EVERY,
            LEASE,
            ROOTS_MAX,
            ROOTS_USED,
            WALKERS,
            WALK_HOPS,
            WIDE_WALKERS,
            WIDE_WALK_HOPS,
            FLOOD_HOPS,
            FLOOD_EVERY,
            FLOOD_LAST,
            SEEN_MAX,
            SEEN_FOR,
            ANSWERS_PER_REQUEST,
            RETRY_FIRST,
            RETRY_LAST,
            FINDS_PER_SECOND,
            FOUNDS_PER_SECOND,
            REGISTERS_PER_SECOND,
            FORGOTTEN_AFTER);

    /** Most members in one answer. */
    static final int ANSWER_MAX = MembershipFrame.MAX_DESCRIPTORS;

    /** Checks the relations between the numbers. */
    public DiscoverySettings {
        require(lease.compareTo(registerEvery) > 0, "lease must be longer than registerEvery");
        require(retryFirst.compareTo(retryLast) <= 0, "retryLast must be at least retryFirst");
        require(seenMax >= 1 && seenFor.compareTo(retryFirst) > 0, "answers would not find back");
        require(rootsUsed >= 1 && rootsMax >= rootsUsed, "rootsMax must be at least rootsUsed");
        require(walkers >= 1 && wideWalkers >= 1, "nobody would be asked");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
