package io.chaski.benchmarks.loopback;

/** What is measured, in the order of the table. */
enum Workload {
    ONE_WAY_64("one way 64 B", 64, 1, Way.DIRECT),
    ONE_WAY_1K("one way 1 KiB", 1 << 10, 1, Way.DIRECT),
    ONE_WAY_64K("one way 64 KiB", 64 << 10, 1, Way.DIRECT),
    TO_EIGHT_64("one to eight 64 B", 64, 8, Way.DIRECT),
    TO_EIGHT_1K("one to eight 1 KiB", 1 << 10, 8, Way.DIRECT),
    TO_EIGHT_64K("one to eight 64 KiB", 64 << 10, 8, Way.DIRECT),
    CHAIN_64("chain of three 64 B", 64, 1, Way.OVER_A_RELAY),
    CHAIN_1K("chain of three 1 KiB", 1 << 10, 1, Way.OVER_A_RELAY),
    ROUND_TRIP_1K("round trip 1 KiB", 1 << 10, 1, Way.THERE_AND_BACK),
    CALLS_1("1 call outstanding", 1),
    CALLS_64("64 calls outstanding", 64),
    /** Two for each core of a small machine, so that both sides always have one to work on. */
    HANDSHAKES_4("TLS handshakes, 4 at a time", 4);

    /** What happens; a contestant can do some of it. */
    enum Way {
        /** Messages go to whoever subscribes, one or many. */
        DIRECT,
        /** They go over a third process. */
        OVER_A_RELAY,
        /** Each message comes back. */
        THERE_AND_BACK,
        /** Methods with arguments and results are called. */
        CALLS
    }

    private final String label;
    private final int bytes;
    private final int receivers;
    private final Way way;
    private final int outstanding;

    Workload(String label, int bytes, int receivers, Way way) {
        this.label = label;
        this.bytes = bytes;
        this.receivers = receivers;
        this.way = way;
        this.outstanding = 0;
    }

    Workload(String label, int outstanding) {
        this.label = label;
        this.bytes = 0;
        this.receivers = 1;
        this.way = Way.CALLS;
        this.outstanding = outstanding;
    }

    String label() {
        return label;
    }

    /** Size of each message; 0 for calls, whose sizes are those of their types. */
    int bytes() {
        return bytes;
    }

    /** How many get each message; all in one process. */
    int receivers() {
        return receivers;
    }

    Way way() {
        return way;
    }

    /** Whether each message is answered before the next one is sent. */
    boolean isRoundTrip() {
        return way == Way.THERE_AND_BACK;
    }

    /** Whether a third process is between the two. */
    boolean hasRelay() {
        return way == Way.OVER_A_RELAY;
    }

    /** Whether methods with arguments and results are called. */
    boolean isCalls() {
        return way == Way.CALLS;
    }

    /** How many calls are under way at any time; 0 if it is not about calls. */
    int outstanding() {
        return outstanding;
    }

    /** Whether nobody answers. */
    boolean isOneWay() {
        return way == Way.DIRECT || hasRelay();
    }
}
