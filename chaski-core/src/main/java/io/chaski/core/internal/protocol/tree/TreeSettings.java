package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.wire.WireLimits;

/**
 * Settings of the broadcast tree, by concern; every default names its reason. The figures marked "measured" are those
 * of a prototype in the simulator. Times are nanoseconds. Immutable.
 *
 * @param maxBodyBytes largest body of one message: what fits one frame
 * @param links eager and lazy links
 * @param repair asking for what the tree did not bring
 * @param order duplicates and order of each source
 * @param cache payloads kept for others
 * @param flow how much a neighbour that grants credit is sent
 * @param sources how many publishers are remembered, and for how long
 * @param limits what one neighbour may cost
 */
public record TreeSettings(
        int maxBodyBytes,
        Links links,
        Repair repair,
        Order order,
        Cache cache,
        Flow flow,
        Sources sources,
        Limits limits) {

    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000 * MILLISECOND;
    private static final long MINUTE = 60 * SECOND;

    /** What a frame of the default size has room for. */
    public static final int DEFAULT_MAX_BODY_BYTES = WireLimits.DEFAULT_MAX_FRAME - WireLimits.MAX_DATA_HEADER_BYTES;

    /** Every value as its constant says. */
    public static final TreeSettings DEFAULTS = new TreeSettings(
            DEFAULT_MAX_BODY_BYTES,
            Links.DEFAULTS,
            Repair.DEFAULTS,
            Order.DEFAULTS,
            Cache.DEFAULTS,
            Flow.DEFAULTS,
            Sources.DEFAULTS,
            Limits.DEFAULTS);

    /** Checks the relations between the parts. */
    public TreeSettings {
        require(maxBodyBytes > 0, "maxBodyBytes is positive");
        require(links.stallNanos() < repair.minNanos(), "a stall is over before anybody asks elsewhere");
        require(repair.digestNanos() < cache.ageNanos(), "a digest comes before the cache forgets");
        require(order.waitNanos() <= order.repairLimitNanos(), "repair may take at least as long as waiting");
        require(order.repairLimitNanos() <= cache.ageNanos(), "nobody repairs what all caches have forgotten");
        require(
                repair.minNanos() << repair.rounds() - 1 <= order.repairLimitNanos() / 10,
                "one neighbour's answer is waited for too long");
    }

    /**
     * Eager and lazy links.
     *
     * @param eagerAtStart a new link is eager while there are fewer than this many. 2: the first broadcast of a topic
     *     costs 0.8 redundant copies instead of 3.8, measured; the settled tree is as fast
     * @param advertNanos how long advertisements are collected. 10 ms: below one local round trip times the hops
     * @param stallNanos an unwritable link that recovers within this time goes on as if nothing had happened. 80 ms:
     *     less than the shortest patience, so nobody has asked elsewhere yet
     * @param slowNanos an unwritable link is reported as slow after this time. 5 s: longer than any pause of a healthy
     *     collector
     * @param pruneSpreadNanos a link that closes a cycle is pruned within this time, at random, at least within one
     *     patience. 1 s: with thousands of messages a second, cycles of 3 to 6 were not cut twice in 90 runs; with
     *     0.3 s in some
     * @param probationNanos for this long after a link was pruned, patience with what it advertises may be shorter than
     *     the least one. 2 s: twice the time within which the links of a cycle may be pruned
     * @param busyPerSecond up to this many messages a second a parent is replaced at once, above it a new one is tried
     *     first. 100: then a patience costs less than what can be held back
     * @param minPauseNanos on a busy topic, least time between two replacements; it doubles with each. 0.5 s
     * @param maxPauseNanos and the most. 16 s: publishers on different sides have different best trees, for ever
     * @param hopGain hops by which an advertiser must be better to replace a parent. 2: 3 makes trees deeper, measured
     * @param leadNanos least time by which an advertisement must beat the payload to replace a parent. 10 ms: the
     *     time advertisements are collected
     * @param leadRttShare the same as a share of the median round trip. 0.25: last delivery 0.63 s instead of 0.86 s,
     *     measured
     * @param unknownRttNanos round trip assumed before the first measurement. 200 ms: too long costs one late repair,
     *     too short costs copies
     */
    public record Links(
            int eagerAtStart,
            long advertNanos,
            long stallNanos,
            long slowNanos,
            long pruneSpreadNanos,
            long probationNanos,
            int busyPerSecond,
            long minPauseNanos,
            long maxPauseNanos,
            int hopGain,
            long leadNanos,
            double leadRttShare,
            long unknownRttNanos) {

        /** See the components. */
        public static final Links DEFAULTS = new Links(
                2,
                10 * MILLISECOND,
                80 * MILLISECOND,
                5 * SECOND,
                SECOND,
                2 * SECOND,
                100,
                SECOND / 2,
                16 * SECOND,
                2,
                10 * MILLISECOND,
                0.25,
                200 * MILLISECOND);
    }

    /**
     * Asking for what the tree did not bring.
     *
     * @param rttFactor patience after the first advertisement, in round trips of the slowest link. 3: 0.01 redundant
     *     copies, 2 gives 0.02, 1 gives 0.21, measured
     * @param spread how much longer patience may be, at random, as a share. 1: the members behind a hole in the tree
     *     mend it one after the other; 0.2 makes up to half as many redundant copies again, measured
     * @param minNanos shortest patience. 100 ms: longer than a collector's pause
     * @param maxNanos longest patience. 3 s: hold-back would give up
     * @param retryMarginNanos how much longer than 1.1 round trips an answer may take. 20 ms: a scheduler slice twice
     * @param rounds how often each advertiser is asked. 3: 99.98 % instead of 99.6 % at 20 % frame loss, measured. After
     *     the first round an answer may take at least twice {@code minNanos}, then four times, and so on: 620 ms in all
     *     from a neighbour next door. This least wait is at most a tenth of {@code repairLimitNanos}
     * @param owedNanos how long after the last message of a source the next one is waited for while a neighbour owes
     *     messages. 20 s: a window at 50 KiB a second
     * @param digestNanos time between digests. 5 s: a handful within the life of a cached payload
     * @param digestSources most sources in a digest. 128: one frame below 24 KiB
     * @param activeNanos a source is in digests for this long after its last message. 30 s: the life of a payload
     * @param maxWanted most messages waited for at once. 4,096: half of a payload cache
     * @param maxWantedPerNeighbour most of them on the word of one neighbour. 1,024: one liar cannot fill the table
     * @param maxAdvertisers most neighbours remembered per message. 8: more than a full active view
     * @param maxOutstanding most unanswered requests per neighbour. 1,024: all that is wanted on its word
     */
    public record Repair(
            int rttFactor,
            double spread,
            long minNanos,
            long maxNanos,
            long retryMarginNanos,
            int rounds,
            long owedNanos,
            long digestNanos,
            int digestSources,
            long activeNanos,
            int maxWanted,
            int maxWantedPerNeighbour,
            int maxAdvertisers,
            int maxOutstanding) {

        /** See the components. */
        public static final Repair DEFAULTS = new Repair(
                3,
                1.0,
                100 * MILLISECOND,
                3 * SECOND,
                20 * MILLISECOND,
                3,
                20 * SECOND,
                5 * SECOND,
                128,
                30 * SECOND,
                4_096,
                1_024,
                8,
                1_024);
    }

    /**
     * Duplicates and order of each source.
     *
     * @param maxIntervals most runs of messages above the first gap. 256: memory follows gaps, not traffic
     * @param maxHeld most messages held back behind a gap. 8,192, as many as the payload cache keeps: at 50,000 messages a
     *     second the 100 ms until a repair is asked for are 5,000 messages
     * @param maxHeldBytes most bytes held back per source, at least two of the largest bodies. 1 MiB
     * @param maxHeldBytesOfTopic most bytes held back over all sources. 16 MiB: as much as the payload cache; over all
     *     topics see {@link io.chaski.core.internal.protocol.MemorySettings}
     * @param waitNanos how long a gap that nobody can repair holds messages back. 2 s: a person notices
     * @param repairLimitNanos the same while a repair is under way. 10 s: three rounds over all neighbours
     * @param maxCatchUp a source met for the first time is wanted from its first message on if that is at most this
     *     far back. 256: a source that has just begun, not a history
     */
    public record Order(
            int maxIntervals,
            int maxHeld,
            int maxHeldBytes,
            int maxHeldBytesOfTopic,
            long waitNanos,
            long repairLimitNanos,
            int maxCatchUp) {

        /** See the components. */
        public static final Order DEFAULTS = new Order(256, 8_192, 1 << 20, 16 << 20, 2 * SECOND, 10 * SECOND, 256);
    }

    /**
     * Payloads kept for others. All three bounds hold at once.
     *
     * @param ageNanos longest. 30 s: a partition of that length heals without loss
     * @param messages most messages. 8,192: 270 a second for 30 s
     * @param bytes most bytes, at least two of the largest bodies. 16 MiB: 30 s of 500 KiB a second. What all
     *     topics may keep together is bounded by {@link io.chaski.core.internal.protocol.MemorySettings}
     * @param evictNanos time between looks at the age. 1 s: a thirtieth of the age
     */
    public record Cache(long ageNanos, int messages, int bytes, long evictNanos) {

        /** See the components. */
        public static final Cache DEFAULTS = new Cache(30 * SECOND, 8_192, 16 << 20, SECOND);
    }

    /**
     * How much a neighbour that grants credit is sent. A message costs its body and {@code messageBytes}.
     *
     * @param windowBytes most cost a member grants beyond what it has taken. 1 MiB: a gigabit over a round trip of 8 ms,
     *     and with seven links still half of a payload cache
     * @param initialBytes cost that may be sent before the first word about credit. 256 KiB: an exchange that is short
     *     never waits
     * @param messageBytes cost of a message besides its body. 64: about what its place in a queue takes
     * @param probeNanos wait for credit after which it is asked for, and one message is sent without any. 1 s; it doubles
     * @param maxProbeNanos and the most. 8 s: five messages within {@code slowConsumerNanos}
     * @param largestProbeBytes largest body sent without credit. 64 KiB
     * @param slowConsumerNanos a neighbour that grants nothing for so long is cut off. 30 s: longer than a collector's
     *     pause, a deploy of a database, a coffee spilt
     * @param passedOnFactor how many times as long it may take if it waits for others itself, who are cut off before. 4
     * @param maxExcessBytes most cost taken beyond what was granted, from one who was told of the limit only now. 16 MiB:
     *     more than all buffers on the way hold
     * @param debtNanos how long publishers wait for a member whose link has broken. 2 s: a dial that is tried twice
     * @param reportNanos a member tells whoever waits for it what has come at the latest after so long. 250 ms: sooner than a
     *     person notices that a publisher waits
     * @param creditsPerSecond words about credit and about what has come that are taken from one neighbour per second, twice as many
     *     in a burst, besides two for each message of the topic. 5,000: more than questions and repetitions ever come to
     */
    public record Flow(
            int windowBytes,
            int initialBytes,
            int messageBytes,
            long probeNanos,
            long maxProbeNanos,
            int largestProbeBytes,
            long slowConsumerNanos,
            int passedOnFactor,
            int maxExcessBytes,
            long debtNanos,
            long reportNanos,
            int creditsPerSecond) {

        /** See the components. */
        public static final Flow DEFAULTS = new Flow(
                1 << 20,
                256 << 10,
                64,
                SECOND,
                8 * SECOND,
                64 << 10,
                30 * SECOND,
                4,
                16 << 20,
                2 * SECOND,
                250 * MILLISECOND,
                5_000);

        /**
         * The same with another patience.
         *
         * @param nanos 0 or more
         */
        public Flow withSlowConsumerNanos(long nanos) {
            return new Flow(
                    windowBytes,
                    initialBytes,
                    messageBytes,
                    probeNanos,
                    maxProbeNanos,
                    largestProbeBytes,
                    nanos,
                    passedOnFactor,
                    maxExcessBytes,
                    debtNanos,
                    reportNanos,
                    creditsPerSecond);
        }
    }

    /**
     * How many publishers are remembered, and for how long.
     *
     * @param maxSources most sources with a log. 4,096: some 1 MiB; the quietest makes room for the newest
     * @param idleNanos a source without messages keeps its log this long. 10 min
     * @param stragglerNanos messages of an incarnation are taken this long after the next one appeared. 30 s: the life
     *     of a payload
     * @param maxTombstones most sources of which only the last number is kept. 65,536: some 8 MiB; the oldest goes
     * @param tombstoneNanos how long. 1 h: 120 times the life of a payload
     */
    public record Sources(int maxSources, long idleNanos, long stragglerNanos, int maxTombstones, long tombstoneNanos) {

        /** See the components. */
        public static final Sources DEFAULTS = new Sources(4_096, 10 * MINUTE, 30 * SECOND, 65_536, 60 * MINUTE);
    }

    /**
     * What one neighbour may cost. Beyond it, frames are ignored and counted.
     *
     * @param advertsPerSecond advertised messages that are news, and ranges, per second; twice as many in a burst.
     *     5,000: the table of wanted messages once over
     * @param graftsPerSecond messages sent again per second, twice as many in a burst; the question itself costs as much as
     *     {@link Link#QUESTION_COST} of them. 8,000: a whole payload cache in a second, and 470 questions
     * @param askedPerSecond messages asked for per second, also the burst, and questions as above. 6,400: below what the other
     *     end allows
     * @param graftsPerMessage how often the same message is sent again per second. 3: the rounds of an honest asker
     * @param failures unanswered requests in a row, within the window, after which a neighbour is demoted. 3
     * @param failureWindowNanos the window, and how long the demotion lasts. 10 s
     */
    public record Limits(
            int advertsPerSecond,
            int graftsPerSecond,
            int askedPerSecond,
            int graftsPerMessage,
            int failures,
            long failureWindowNanos) {

        /** See the components. */
        public static final Limits DEFAULTS = new Limits(5_000, 8_000, 6_400, 3, 3, 10 * SECOND);
    }

    /** Bytes the payload cache may hold. */
    int cacheBytes() {
        return Math.max(cache.bytes(), 2 * maxBodyBytes);
    }

    /** Bytes one source may hold back. */
    int heldBytes() {
        return Math.max(order.maxHeldBytes(), 2 * maxBodyBytes);
    }

    /** Bytes all sources together may hold back. */
    public int heldBytesOfTopic() {
        return Math.max(order.maxHeldBytesOfTopic(), heldBytes());
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException("unsound settings: it must hold that " + rule);
        }
    }
}
