package io.chaski.core.internal.protocol.member;

import java.time.Duration;

/**
 * Constants of the membership protocol; each default names its reason ("paper" is HyParView, Leitao, Pereira,
 * Rodrigues, DSN 2007). Immutable.
 *
 * @param activeTarget links a node looks for
 * @param activeMax links a node has at most; the difference to the target stops accept and evict from alternating
 * @param chosenReserve slots that only links this node asked for itself can fill, so that a flood of requests from
 *     outside cannot own the view
 * @param passiveMax members known for replacement
 * @param bookMax members remembered beyond that
 * @param lostMax members that vanished and are probed until they speak
 * @param lostFor how long a vanished member is probed
 * @param requestsMax link requests under way
 * @param joinWalks walks that a contact starts for a joiner
 * @param joinWalkHops length of such a walk
 * @param joinWalkExtraHops further hops that look for a free slot
 * @param joinWalkPassiveAt hops left at which a node on the way remembers the joiner
 * @param contacts contacts asked in parallel
 * @param shuffleActive active links in the sample of a shuffle
 * @param shufflePassive passive members in the sample of a shuffle
 * @param shuffleHops length of a shuffle's walk
 * @param fillEvery how often a node that lacks links looks for some
 * @param shuffleEvery how often views are mixed
 * @param probeEvery how often a lost member or a bootstrap is asked whether it is there
 * @param answerWithin least time a peer has for an answer; four round trips if that is longer
 * @param reachWithin longest time for an edge to come up, over all addresses of a node
 * @param drainWithin how long a demoted link is still listened to
 * @param shortageAfter how long a node goes without a new link, below the target, before it asks full nodes
 * @param refusedFor how long a member that refused is not asked again
 * @param healEvery least time between two links that a full node accepts, or asks for, to join components
 * @param urgentPerSecond links a full node gives up per second to nodes that have none
 * @param retryFirst first pause before bootstraps, or discovery, are asked again; doubles
 * @param retryLast longest such pause
 * @param forgottenAfter age at which a descriptor is no longer passed on
 * @param expiresAfter age at which hearsay is dropped
 */
public record MembershipSettings(
        int activeTarget,
        int activeMax,
        int chosenReserve,
        int passiveMax,
        int bookMax,
        int lostMax,
        Duration lostFor,
        int requestsMax,
        int joinWalks,
        int joinWalkHops,
        int joinWalkExtraHops,
        int joinWalkPassiveAt,
        int contacts,
        int shuffleActive,
        int shufflePassive,
        int shuffleHops,
        Duration fillEvery,
        Duration shuffleEvery,
        Duration probeEvery,
        Duration answerWithin,
        Duration reachWithin,
        Duration drainWithin,
        Duration shortageAfter,
        Duration refusedFor,
        Duration healEvery,
        int urgentPerSecond,
        Duration retryFirst,
        Duration retryLast,
        Duration forgottenAfter,
        Duration expiresAfter) {

    /** The paper's 5 keeps a random graph connected at any size that matters. */
    public static final int ACTIVE_TARGET = 5;
    /** One spare slot: all nodes end at 5 or 6, mean 5.8. */
    public static final int ACTIVE_MAX = 6;
    /** GossipSub's D_out: a third of the view. */
    public static final int CHOSEN_RESERVE = 2;
    /** Paper. */
    public static final int PASSIVE_MAX = 30;
    /** Without it 15 of 500 survivors of a 95 % crash stay isolated, with it 0 or 1. */
    public static final int BOOK_MAX = 100;
    /** As many as the passive view: all that can vanish at once. */
    public static final int LOST_MAX = 30;
    /** A machine that sleeps overnight is met again. */
    public static final Duration LOST_FOR = Duration.ofHours(24);
    /** One view's worth in each half second of a dial that hangs: after a crash most of whom a node knows may be dead. */
    public static final int REQUESTS_MAX = 20;
    /** The paper starts one per neighbour; three offers are enough and spare the contact. */
    public static final int JOIN_WALKS = 3;
    /** Paper (ARWL). */
    public static final int JOIN_WALK_HOPS = 6;
    /** As far again; the wire format counts down to -6. */
    public static final int JOIN_WALK_EXTRA_HOPS = 6;
    /** Paper (PRWL). */
    public static final int JOIN_WALK_PASSIVE_AT = 3;
    /** Two may be dead. */
    public static final int CONTACTS = 3;
    /** Paper (ka). */
    public static final int SHUFFLE_ACTIVE = 3;
    /** Paper (kp). */
    public static final int SHUFFLE_PASSIVE = 4;
    /** Paper: as a join walk. */
    public static final int SHUFFLE_HOPS = 6;
    /** A shortage is repaired within about one tick; the paper's purely reactive rule has no retry. */
    public static final Duration FILL_EVERY = Duration.ofSeconds(1);
    /** At 60 s passive views stay at 18 of 30 after the start. */
    public static final Duration SHUFFLE_EVERY = Duration.ofSeconds(10);
    /** All nodes probe independently, so that ten of them heal a partition within seconds. */
    public static final Duration PROBE_EVERY = Duration.ofSeconds(15);
    /** A handshake on a slow wide-area link. */
    public static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);
    /** Four addresses at two seconds each, and a margin. */
    public static final Duration REACH_WITHIN = Duration.ofSeconds(10);
    /** The other end answers within a round trip unless it is gone. */
    public static final Duration DRAIN_WITHIN = Duration.ofSeconds(2);
    /** Two fill ticks. */
    public static final Duration SHORTAGE_AFTER = Duration.ofSeconds(2);
    /** Long enough to try the other candidates first. */
    public static final Duration REFUSED_FOR = Duration.ofSeconds(3);
    /** Bounds the churn that healing causes (iroh-gossip issue 152). */
    public static final Duration HEAL_EVERY = Duration.ofSeconds(2);
    /** Honest nodes need this only after a crash or in a storm; more would let a flood rotate the view. */
    public static final int URGENT_PER_SECOND = 4;
    /** Quick enough for a bootstrap that is still starting. */
    public static final Duration RETRY_FIRST = Duration.ofMillis(500);
    /** A node without any peer asks twice a minute, for ever. */
    public static final Duration RETRY_LAST = Duration.ofSeconds(30);
    /** Living members are heard of every ten seconds or so. */
    public static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);
    /** Security limit for discovery records. */
    public static final Duration EXPIRES_AFTER = Duration.ofHours(1);

    /** The values above. */
    public static final MembershipSettings DEFAULTS = new MembershipSettings(
            ACTIVE_TARGET,
            ACTIVE_MAX,
            CHOSEN_RESERVE,
            PASSIVE_MAX,
            BOOK_MAX,
            LOST_MAX,
            LOST_FOR,
            REQUESTS_MAX,
            JOIN_WALKS,
            JOIN_WALK_HOPS,
            JOIN_WALK_EXTRA_HOPS,
            JOIN_WALK_PASSIVE_AT,
            CONTACTS,
            SHUFFLE_ACTIVE,
            SHUFFLE_PASSIVE,
            SHUFFLE_HOPS,
            FILL_EVERY,
            SHUFFLE_EVERY,
            PROBE_EVERY,
            ANSWER_WITHIN,
            REACH_WITHIN,
            DRAIN_WITHIN,
            SHORTAGE_AFTER,
            REFUSED_FOR,
            HEAL_EVERY,
            URGENT_PER_SECOND,
            RETRY_FIRST,
            RETRY_LAST,
            FORGOTTEN_AFTER,
            EXPIRES_AFTER);

    /** Checks the relations between the numbers. */
    public MembershipSettings {
        require(activeTarget >= 1 && activeMax >= activeTarget, "activeMax must be at least activeTarget, at least 1");
        require(chosenReserve >= 0 && chosenReserve < activeMax, "chosenReserve must leave slots for others");
        require(passiveMax >= activeMax && bookMax >= 0 && lostMax >= 1, "passiveMax must be at least activeMax");
        require(requestsMax >= 1 && contacts >= 1 && joinWalks >= 0, "nothing could be asked");
        require(1 + shuffleActive + shufflePassive <= 8, "a shuffle carries 8 descriptors with its origin");
        require(joinWalkExtraHops <= 6, "the wire counts down to -6");
        require(answerWithin.compareTo(reachWithin) <= 0, "reachWithin must be at least answerWithin");
        require(retryFirst.compareTo(retryLast) <= 0, "retryLast must be at least retryFirst");
        require(forgottenAfter.compareTo(expiresAfter) <= 0, "expiresAfter must be at least forgottenAfter");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
