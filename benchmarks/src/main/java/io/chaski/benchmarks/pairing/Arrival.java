package io.chaski.benchmarks.pairing;

/** How nodes are started. */
enum Arrival {
    /** By one thread; the next when {@code start()} of the one before has returned, not when it has paired. */
    ONE_BY_ONE("one by one", 1),
    /** By several threads. */
    AT_ONCE("at once", 8);

    private final String label;
    private final int threads;

    Arrival(String label, int threads) {
        this.label = label;
        this.threads = threads;
    }

    String label() {
        return label;
    }

    int threads() {
        return threads;
    }
}
