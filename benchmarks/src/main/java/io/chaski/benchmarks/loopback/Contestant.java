package io.chaski.benchmarks.loopback;

import java.util.List;

/**
 * One way to move messages from a process to another, or over one between them. Not all can do everything: see {@link
 * Contestants#can}. Confined to one thread.
 */
interface Contestant extends AutoCloseable {

    /**
     * Listens on loopback and counts what arrives.
     *
     * @param tally called by one thread at a time
     */
    default Listening receiver(Tally tally) throws Exception {
        throw new UnsupportedOperationException("counts nothing");
    }

    /**
     * Listens on loopback and passes on what arrives.
     *
     * @param address of a {@linkplain #receiver receiver}, to which it connects
     */
    default Listening relay(String address) throws Exception {
        throw new UnsupportedOperationException("passes nothing on");
    }

    /** Listens on loopback and sends back what arrives. */
    default Listening echo() throws Exception {
        throw new UnsupportedOperationException("answers nothing");
    }

    /**
     * Connects to all {@linkplain #receiver receivers}, each of which gets every message.
     *
     * @param addresses what they listen on
     */
    default OneWay oneWay(List<String> addresses) throws Exception {
        throw new UnsupportedOperationException("sends nothing that is not answered");
    }

    /**
     * Connects to an {@link #echo}.
     *
     * @param address what it listens on
     */
    default RoundTrip roundTrip(String address) throws Exception {
        throw new UnsupportedOperationException("hears no answers");
    }

    /** Ends what the sides of this process share, which are closed before. Most share nothing. */
    @Override
    default void close() {}

    /** A receiving side. */
    interface Listening extends AutoCloseable {

        /** Where the sending side finds it. */
        String address();

        /** Messages that its own queues have given up; those of most contestants give up none. */
        default long dropped() {
            return 0;
        }

        /**
         * Whose queues give up nothing.
         *
         * @param address where the sending side finds it
         * @param end closes it
         */
        static Listening at(String address, AutoCloseable end) {
            return new Listening() {
                @Override
                public String address() {
                    return address;
                }

                @Override
                public void close() throws Exception {
                    end.close();
                }
            };
        }
    }

    /** A sending side that does not wait for answers. */
    interface OneWay extends AutoCloseable {

        /**
         * Hands over one message; it leaves soon.
         *
         * @param message the caller's own again when this returns
         */
        void send(byte[] message);
    }

    /** A sending side that waits for each answer. */
    interface RoundTrip extends AutoCloseable {

        /**
         * Sends a request and blocks the calling thread until its answer is there.
         *
         * @param request the contestant's own from now on
         * @return the answer
         */
        byte[] call(byte[] request) throws Exception;
    }
}
