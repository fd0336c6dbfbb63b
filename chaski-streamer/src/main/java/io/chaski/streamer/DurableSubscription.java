package io.chaski.streamer;

import io.chaski.streamer.internal.keep.DurableReader;
import java.util.concurrent.CompletableFuture;

/** A subscriber of a durable topic. Thread-safe. */
public final class DurableSubscription implements AutoCloseable {

    private final String name;
    private final DurableReader reader;

    DurableSubscription(String name, DurableReader reader) {
        this.name = name;
        this.reader = reader;
    }

    /** Its name; empty if it has none. */
    public String name() {
        return name;
    }

    /** Whether it is connected to a keeper now. Without one nothing comes, and nothing is missed. */
    public boolean isConnected() {
        return reader.isFollowing();
    }

    /**
     * Completes when it has ended: normally after {@link #close()}, and with the problem if its cursor could not be stored. Its
     * dependents run on the callback executor.
     */
    public CompletableFuture<Void> closed() {
        return reader.closed().thenAccept(ended -> {});
    }

    /**
     * Ends it; under the same name it goes on where it was. Waits five seconds at most until its cursor is on disk, unless its own
     * handler calls this; if it is not there then, {@link #closed()} fails, and what was given last comes again with
     * {@link DurableMessage#redelivered()}. Does nothing when closed.
     */
    @Override
    public void close() {
        reader.close();
    }
}
