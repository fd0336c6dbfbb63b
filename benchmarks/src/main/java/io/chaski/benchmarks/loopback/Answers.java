package io.chaski.benchmarks.loopback;

/** How calls have ended. Confined to one thread at a time. */
final class Answers {

    private long right;
    private long missing;
    private long wrong;

    /**
     * A call that was answered.
     *
     * @param isRight whether the answer is the one that belongs to it
     */
    void answered(boolean isRight) {
        if (isRight) {
            right++;
        } else {
            wrong++;
        }
    }

    /**
     * A call that was not answered; the first one is printed.
     *
     * @param reason why
     */
    void failed(Throwable reason) {
        if (missing++ == 0) {
            System.err.println("a call without an answer: " + reason);
        }
    }

    /** Adds what another has counted. */
    void add(Answers other) {
        right += other.right;
        missing += other.missing;
        wrong += other.wrong;
    }

    long right() {
        return right;
    }

    long missing() {
        return missing;
    }

    long wrong() {
        return wrong;
    }
}
