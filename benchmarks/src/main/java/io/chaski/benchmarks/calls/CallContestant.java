package io.chaski.benchmarks.calls;

/** One way to call a method in another process. Immutable. */
public interface CallContestant {

    /**
     * A side that answers calls. Closing it ends it.
     *
     * @param address where the other side finds it; no spaces
     * @param end ends it
     */
    record Served(String address, AutoCloseable end) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            end.close();
        }
    }

    /** Listens on loopback and answers each {@link Order} with its {@link Order#invoice()}. */
    Served serve() throws Exception;

    /**
     * Connects.
     *
     * @param address where a {@link #serve} listens
     */
    Caller dial(String address) throws Exception;
}
