package io.chaski.core.internal.protocol;

import java.util.concurrent.TimeUnit;

/**
 * Notices that this process stood still or that its machine slept: a timer every second comes late, or time has jumped
 * between two inputs. Confined to the node's event loop.
 */
final class LoopWatch {

    /** A pause that no scheduler and no garbage collector causes in good health. */
    static final long JUMP_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A loop that is this late would miss leases next. */
    static final long LAG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Timers.Timer beat;
    private final Listener listener;
    private long lastInputNanos = Timers.NONE;
    private long dueNanos;
    private boolean jumped;

    /** Hears what was noticed. */
    interface Listener {
        /** Time has jumped. */
        void onJump();

        /**
         * This loop is late.
         *
         * @param lateNanos by how much, above {@link #LAG_NANOS}
         */
        void onLag(long lateNanos);

        /** Another second has passed. Comes after {@link #onLag}. */
        void onBeat();
    }

    LoopWatch(Timers timers, Listener listener) {
        this.beat = timers.timer(this::onBeat);
        this.listener = listener;
    }

    void start(long nowNanos) {
        lastInputNanos = nowNanos;
        arm(nowNanos);
    }

    void stop() {
        beat.cancel();
    }

    /** The first thing to do with any input. */
    void onInput(long nowNanos) {
        if (lastInputNanos == Timers.NONE) {
            return;
        }
        long pauseNanos = nowNanos - lastInputNanos;
        lastInputNanos = nowNanos;
        if (pauseNanos > JUMP_NANOS) {
            jumped = true;
            listener.onJump();
        }
    }

    private void onBeat() {
        long lateNanos = lastInputNanos - dueNanos;
        if (lateNanos > LAG_NANOS && !jumped) {
            listener.onLag(lateNanos);
        }
        jumped = false;
        arm(lastInputNanos);
        listener.onBeat();
    }

    private void arm(long nowNanos) {
        dueNanos = nowNanos + BEAT_NANOS;
        beat.armAt(dueNanos);
    }
}
