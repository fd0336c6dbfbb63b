package io.chaski.benchmarks.loopback;

/** What is measured, in the order of the table. */
enum Workload {
    ONE_WAY_64("one-way 64 B", 64, 1, false),
    ONE_WAY_1K("one-way 1 KiB", 1 << 10, 1, false),
    ONE_WAY_64K("one-way 64 KiB", 64 << 10, 1, false),
    TO_EIGHT_64("one to eight 64 B", 64, 8, false),
    TO_EIGHT_1K("one to eight 1 KiB", 1 << 10, 8, false),
    TO_EIGHT_64K("one to eight 64 KiB", 64 << 10, 8, false),
    ROUND_TRIP_1K("round trip 1 KiB", 1 << 10, 1, true);

    private final String label;
    private final int bytes;
    private final int receivers;
    private final boolean isRoundTrip;

    Workload(String label, int bytes, int receivers, boolean isRoundTrip) {
        this.label = label;
        this.bytes = bytes;
        this.receivers = receivers;
        this.isRoundTrip = isRoundTrip;
    }

    String label() {
        return label;
    }

    /** Size of each message. */
    int bytes() {
        return bytes;
    }

    /** How many get each message; all in one process. */
    int receivers() {
        return receivers;
    }

    /** Whether each message is answered before the next one is sent. */
    boolean isRoundTrip() {
        return isRoundTrip;
    }
}
