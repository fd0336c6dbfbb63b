package io.chaski.core.internal.runtime;

import io.chaski.core.NodeClosedException;
import io.chaski.core.Registration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What modules do when their node begins to close, in the order they asked for it. Each is done once. Thread-safe. */
final class ClosingHooks {

    private static final Logger LOG = LoggerFactory.getLogger(ClosingHooks.class);

    private final String nodeName;

    /** Not bounded here: each module adds one. */
    private final Map<Object, Runnable> hooks = new LinkedHashMap<>();

    private boolean isClosing;

    ClosingHooks(String nodeName) {
        this.nodeName = nodeName;
    }

    /** See {@link io.chaski.core.internal.module.ModuleNode#onClosing}. */
    Registration add(Runnable hook) {
        Object key = new Object();
        synchronized (hooks) {
            if (isClosing) {
                throw new NodeClosedException(nodeName);
            }
            hooks.put(key, hook);
        }
        return () -> {
            synchronized (hooks) {
                hooks.remove(key);
            }
        };
    }

    /** Runs them on this thread, and takes no more. */
    void run() {
        List<Runnable> due;
        synchronized (hooks) {
            isClosing = true;
            due = List.copyOf(hooks.values());
            hooks.clear();
        }
        for (Runnable hook : due) {
            try {
                hook.run();
            } catch (RuntimeException | Error failure) { // the end of the others must not depend on this one
                LOG.error("node {}: what a module does at the end failed", nodeName, failure);
            }
        }
    }
}
