package io.chaski.benchmarks.loopback;

/**
 * Counts and checks what arrives. Confined to one thread at a time, except {@link #report()}, which may be called once
 * the sender knows that everything has arrived.
 */
final class Tally {

    private final int bytes;
    private final SharedCounter progress;
    private long next;
    private long delivered;
    private long broken;

    /**
     * Nothing has arrived.
     *
     * @param bytes size that each message must have
     * @param progress told the number of the next message that has not arrived
     */
    Tally(int bytes, SharedCounter progress) {
        this.bytes = bytes;
        this.progress = progress;
    }

    /**
     * What has arrived so far.
     *
     * @param delivered messages in order and whole
     * @param missing numbers that were skipped
     * @param broken messages that were torn, came again or came late
     */
    record Report(long delivered, long missing, long broken) {}

    void onMessage(byte[] message) {
        if (message.length == bytes) {
            onMessage(Numbered.read(message), Numbered.isWhole(message));
        } else {
            broken++;
        }
    }

    /**
     * A message of the right size.
     *
     * @param number its number
     * @param isWhole whether it is not torn
     */
    void onMessage(long number, boolean isWhole) {
        if (number < next || !isWhole) {
            broken++;
            return;
        }
        delivered++;
        next = number + 1;
        progress.set(next);
    }

    /** A message of another size. */
    void onMisfit() {
        broken++;
    }

    int bytes() {
        return bytes;
    }

    Report report() {
        long arrived = progress.get(); // before the others: makes them visible
        return new Report(delivered, arrived - delivered, broken);
    }
}
