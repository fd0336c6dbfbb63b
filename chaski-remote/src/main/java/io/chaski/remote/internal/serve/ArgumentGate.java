package io.chaski.remote.internal.serve;

/**
 * Lets arguments in that take more than one message: there is no room for more than the first of them until the rule about callers has
 * said yes. So whoever may not call gets no further than the window of its stream. Thread-safe.
 *
 * <pre>
 * UNASKED --first piece--> ASKED --yes--> OPEN
 *    '-------all pieces------'------------^
 *                           '--no--> SHUT
 * each but SHUT --the stream is over--> OVER
 * </pre>
 */
final class ArgumentGate {

    private enum State {
        UNASKED,
        ASKED,
        OPEN,
        SHUT,
        OVER
    }

    private State state = State.UNASKED;
    private int heldBytes;

    /**
     * A piece has arrived.
     *
     * @param bytes of it
     * @return how many bytes there is room for again
     */
    synchronized int onPiece(int bytes) {
        if (state == State.OPEN) {
            return bytes;
        }
        heldBytes += bytes;
        return 0;
    }

    /** Whether the rule is to be asked, which it is once. */
    synchronized boolean ask() {
        boolean isFirst = state == State.UNASKED;
        if (isFirst) {
            state = State.ASKED;
        }
        return isFirst;
    }

    /**
     * The rule has said yes, or everything is there and whoever executes asks it.
     *
     * @return how many bytes there is room for again
     */
    synchronized int open() {
        if (state != State.UNASKED && state != State.ASKED) {
            return 0;
        }
        state = State.OPEN;
        int bytes = heldBytes;
        heldBytes = 0;
        return bytes;
    }

    /**
     * The rule has said no.
     *
     * @return whether the caller is to be told: nothing is executed, and the stream is not over
     */
    synchronized boolean shut() {
        boolean isAsked = state == State.ASKED;
        if (isAsked) {
            state = State.SHUT;
        }
        return isAsked;
    }

    /**
     * The stream is over.
     *
     * @return whether the caller has not been told no
     */
    synchronized boolean end() {
        boolean isNotShut = state != State.SHUT;
        if (isNotShut) {
            state = State.OVER;
        }
        return isNotShut;
    }
}
