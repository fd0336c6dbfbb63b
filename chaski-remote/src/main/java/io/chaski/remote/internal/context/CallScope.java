package io.chaski.remote.internal.context;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Calls that end together: what is added after the end ends at once. Thread-safe. */
public final class CallScope {

    /** Guarded by itself. Bounded by the calls that may be under way. */
    private final Set<Runnable> cancels = new LinkedHashSet<>();

    /** Guarded by {@link #cancels}. */
    private boolean isCancelled;

    /**
     * Adds a call.
     *
     * @param cancel cancels it; may be run when the call is over
     */
    public void add(Runnable cancel) {
        synchronized (cancels) {
            if (!isCancelled) {
                cancels.add(cancel);
                return;
            }
        }
        cancel.run();
    }

    /**
     * Forgets a call that is over.
     *
     * @param cancel as it was added
     */
    public void remove(Runnable cancel) {
        synchronized (cancels) {
            cancels.remove(cancel);
        }
    }

    /** Cancels all calls. Does nothing the second time. */
    public void cancel() {
        List<Runnable> all;
        synchronized (cancels) {
            isCancelled = true;
            all = List.copyOf(cancels);
            cancels.clear();
        }
        all.forEach(Runnable::run);
    }
}
