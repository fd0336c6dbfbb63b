package io.chaski.testkit.internal.virtual;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent.DialFailure;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to connect, in the three steps of TCP: the request arrives, the answer arrives, the third packet brings
 * the connection to the application that accepts. A request or an answer that is blocked is repeated, as the kernel
 * does.
 */
public final class Dial {

    /** The first repetition comes after a second, the next after two, four ...: what Linux does. */
    private static final long FIRST_RETRY_NANOS = 1_000_000_000L;

    /** Six repetitions take 127 s; then Linux gives up. */
    private static final int MAX_RETRIES = 6;

    /** Hears how a dial ended; exactly one method is called, once, unless the dial is given up. */
    public interface Outcome {
        /**
         * The connection stands.
         *
         * @param socket our end
         * @return who hears what it brings
         */
        SocketHandler onConnected(VirtualSocket socket);

        /**
         * No connection.
         *
         * @param failure why
         */
        void onFailed(DialFailure failure);
    }

    private final VirtualNetwork network;
    private final Machine from;
    private final int fromLife;
    private final Address to;
    private final Outcome outcome;
    private boolean cancelled;
    private int retries;

    Dial(VirtualNetwork network, Machine from, Address to, Outcome outcome) {
        this.network = network;
        this.from = from;
        this.fromLife = from.life();
        this.to = to;
        this.outcome = outcome;
    }

    /** Gives up; the outcome hears nothing any more. */
    public void cancel() {
        cancelled = true;
    }

    void request() {
        Machine target = network.machineAt(to);
        if (target == null) {
            network.after(network.defaultLatencyNanos(from), () -> fail(DialFailure.UNREACHABLE));
            return;
        }
        network.after(network.latencyNanos(from, target), () -> onRequest(target));
    }

    private void onRequest(Machine target) {
        if (network.isBlocked(from, target) || !target.isAnswering()) {
            retry();
            return;
        }
        int targetLife = target.life();
        boolean accepted = target.isListening();
        network.after(network.latencyNanos(target, from), () -> {
            if (network.isBlocked(target, from)) {
                retry();
            } else if (accepted) {
                connect(target, targetLife);
            } else {
                fail(DialFailure.REFUSED);
            }
        });
    }

    private void retry() {
        if (isMoot()) {
            return;
        }
        if (retries == MAX_RETRIES) {
            fail(DialFailure.TIMEOUT);
            return;
        }
        network.after(FIRST_RETRY_NANOS << retries++, this::request);
    }

    private void connect(Machine target, int targetLife) {
        if (isMoot()) {
            return;
        }
        VirtualSocket ours = new VirtualSocket(network, from, to);
        VirtualSocket theirs = new VirtualSocket(network, target, from.ephemeralAddress());
        ours.join(theirs, target.life() == targetLife);
        from.whenAwake(() -> {
            if (isMoot()) {
                ours.close();
            } else {
                network.trace(from, TraceKind.CONNECTED, target.index());
                ours.handledBy(outcome.onConnected(ours));
            }
        });
    }

    @SuppressWarnings("EnumOrdinal") // a number for the fingerprint of one run, kept nowhere
    private void fail(DialFailure failure) {
        from.whenAwake(() -> {
            if (!isMoot()) {
                cancelled = true;
                network.trace(from, TraceKind.DIAL_FAILED, failure.ordinal());
                outcome.onFailed(failure);
            }
        });
    }

    private boolean isMoot() {
        return cancelled || from.life() != fromLife;
    }

    /** Who decides about connections that others open. */
    @FunctionalInterface
    public interface Acceptor {
        /**
         * A connection was opened.
         *
         * @param socket our end
         * @return who hears what it brings; null to close it without a word
         */
        @Nullable
        SocketHandler onAccepted(VirtualSocket socket);
    }
}
