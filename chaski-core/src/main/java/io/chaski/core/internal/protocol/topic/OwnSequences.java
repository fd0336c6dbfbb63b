package io.chaski.core.internal.protocol.topic;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.tree.Broadcast;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where this node's own numbers stand on topics it has left, so that they go on when it comes back: to everybody else a
 * number that was used is a duplicate for ever. Confined to the node's event loop.
 */
final class OwnSequences {

    /**
     * As many tombstones as others keep of idle origins. What is forgotten here was quiet longest, and most likely is
     * forgotten there.
     */
    private static final int MAX = 65_536;

    private final ProtocolContext context;
    private final Map<String, Last> byTopic = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Last> eldest) {
            return size() > MAX;
        }
    };

    private record Last(long epoch, long message, long presence, long signed) {}

    OwnSequences(ProtocolContext context) {
        this.context = context;
    }

    void remember(TopicRef topic, Broadcast broadcast) {
        Last last = new Last(
                context.descriptor().epoch(),
                broadcast.lastOwn(Source.MESSAGES),
                broadcast.lastOwn(Source.PRESENCE),
                broadcast.lastOwn(Source.SIGNED));
        if (last.message > 0 || last.presence > 0 || last.signed > 0) {
            byTopic.put(topic.name(), last);
        }
    }

    void resume(TopicRef topic, Broadcast broadcast) {
        Last last = byTopic.remove(topic.name());
        if (last != null && last.epoch == context.descriptor().epoch()) {
            broadcast.continueAfter(Source.MESSAGES, last.message);
            broadcast.continueAfter(Source.PRESENCE, last.presence);
            broadcast.continueAfter(Source.SIGNED, last.signed);
        }
    }
}
