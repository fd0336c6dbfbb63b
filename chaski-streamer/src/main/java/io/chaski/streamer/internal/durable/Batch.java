package io.chaski.streamer.internal.durable;

import java.util.ArrayList;
import java.util.List;

/** Messages that one read returns. Confined to one thread. */
final class Batch {

    private final int maxBytes;
    private final List<KeptMessage> messages = new ArrayList<>();
    private long bytes;

    /**
     * An empty one.
     *
     * @param maxBytes is full when the bodies have so many bytes
     */
    Batch(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether no more should be added; never when there is none yet. */
    boolean isFull() {
        return !messages.isEmpty() && (bytes >= maxBytes || messages.size() >= TopicStore.MAX_MESSAGES_PER_READ);
    }

    void add(KeptMessage message) {
        messages.add(message);
        bytes += message.body().remaining();
    }

    List<KeptMessage> messages() {
        return List.copyOf(messages);
    }
}
