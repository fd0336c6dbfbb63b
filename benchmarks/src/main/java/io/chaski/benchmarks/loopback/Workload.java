package io.chaski.benchmarks.loopback;

/** What is measured, in the order of the table. */
enum Workload {
    ONE_WAY_64("one-way 64 B", 64, false),
    ONE_WAY_1K("one-way 1 KiB", 1 << 10, false),
    ONE_WAY_64K("one-way 64 KiB", 64 << 10, false),
    ROUND_TRIP_1K("round trip 1 KiB", 1 << 10, true);

    private final String label;
    private final int bytes;
    private final boolean isRoundTrip;

    Workload(String label, int bytes, boolean isRoundTrip) {
        this.label = label;
        this.bytes = bytes;
        this.isRoundTrip = isRoundTrip;
    }

    String label() {
        return label;
    }

    /** Size of each message. */
    int bytes() {
        return bytes;
    }

    /** Whether each message is answered before the next one is sent. */
    boolean isRoundTrip() {
        return isRoundTrip;
    }
}
