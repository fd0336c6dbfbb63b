package io.chaski.remote.internal.serve;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What this node serves for the duration of calls that it makes, by name. Nobody is told of it. Thread-safe. */
public final class Callbacks {

    /** As many as calls may be under way; a call that would need more fails as busy. */
    static final int MAX = 16_384;

    private final int max;
    private final Map<String, ServedService> byName = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    /** None yet, and at most 16,384. */
    public Callbacks() {
        this(MAX);
    }

    Callbacks(int max) {
        this.max = max;
    }

    /**
     * Serves an object until it is removed.
     *
     * @param name drawn for it
     * @param service the object
     * @return whether there was room
     */
    public boolean tryAdd(String name, ServedService service) {
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            return false;
        }
        byName.put(name, service);
        return true;
    }

    /**
     * Ends one. Does nothing the second time.
     *
     * @param name as it was added
     */
    public void remove(String name) {
        if (byName.remove(name) != null) {
            count.decrementAndGet();
        }
    }

    /** What is served under a name, or null. */
    @Nullable
    ServedService find(String name) {
        return byName.get(name);
    }

    /** How many there are. */
    public int size() {
        return count.get();
    }
}
