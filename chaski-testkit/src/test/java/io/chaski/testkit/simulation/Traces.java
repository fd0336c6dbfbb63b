package io.chaski.testkit.simulation;

import io.chaski.testkit.internal.virtual.TraceHash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers the networks that a row of the table makes while it is traced, since a row tells nothing but its gates. */
final class Traces {

    private static final ThreadLocal<@Nullable List<SimulatedNetwork>> MADE_HERE = new ThreadLocal<>();

    private Traces() {}

    /** Takes note of a network if this thread is tracing. */
    static SimulatedNetwork noted(SimulatedNetwork network) {
        List<SimulatedNetwork> made = MADE_HERE.get();
        if (made != null) {
            made.add(network);
        }
        return network;
    }

    /** The hash of all networks that something makes, when it has ended. */
    static long of(Runnable run) {
        List<SimulatedNetwork> made = new ArrayList<>();
        MADE_HERE.set(made);
        try {
            run.run();
        } finally {
            MADE_HERE.remove();
        }
        if (made.isEmpty()) {
            throw new IllegalStateException("nothing was traced");
        }
        TraceHash hash = new TraceHash();
        made.forEach(network -> hash.mix(network.now().toNanos(), network.traceHash()));
        return hash.value();
    }
}
