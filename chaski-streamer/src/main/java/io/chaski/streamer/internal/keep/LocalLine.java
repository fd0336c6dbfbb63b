package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One end of a line within a node: to a keeper that is here as well. */
final class LocalLine implements Line {

    /** Frames on their way, of 64 KiB mostly: about the window of a stream. */
    private static final int MAX_UNTAKEN = 4;

    private final NodeId self;
    private final Executor turns;
    private final Object lock;
    private @Nullable LocalLine other;
    private @Nullable Listener listener;
    private int untaken;
    private boolean isWaiting;
    private boolean hasEnded;

    private LocalLine(NodeId self, Executor threads, Object lock) {
        this.self = self;
        this.turns = new SerialExecutor(threads);
        this.lock = lock;
    }

    /** Both ends, without listeners; the other one is {@link #other}. */
    static LocalLine open(NodeId self, Executor threads) {
        Object lock = new Object();
        LocalLine near = new LocalLine(self, threads, lock);
        LocalLine far = new LocalLine(self, threads, lock);
        near.other = far;
        far.other = near;
        return near;
    }

    LocalLine other() {
        return Objects.requireNonNull(other, "other");
    }

    /** Both ends have to begin before either says something. */
    void begin(Listener heardBy) {
        listener = heardBy;
    }

    private Listener listener() {
        return Objects.requireNonNull(listener, "listener");
    }

    @Override
    public NodeId peer() {
        return self;
    }

    @Override
    public boolean offer(KeeperFrame frame) {
        LocalLine to = other();
        synchronized (lock) {
            if (hasEnded || untaken >= MAX_UNTAKEN) {
                isWaiting = true;
                return false;
            }
            untaken++;
        }
        to.turns.execute(() -> to.listener().onFrame(frame, this::onTaken));
        return true;
    }

    private void onTaken() {
        boolean isWritable;
        synchronized (lock) {
            untaken--;
            isWritable = isWaiting;
            isWaiting = false;
        }
        if (isWritable) {
            turns.execute(() -> listener().onWritable());
        }
    }

    @Override
    public void end() {
        synchronized (lock) {
            if (hasEnded) {
                return;
            }
            hasEnded = true;
            other().hasEnded = true;
        }
        turns.execute(() -> listener().onEnd());
        other().turns.execute(() -> other().listener().onEnd());
    }

    @Override
    public void refuse(String why) {
        end();
    }
}
