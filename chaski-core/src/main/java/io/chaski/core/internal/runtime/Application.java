package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.security.PeerIdentity;

/** What the loop hands to the application's side. All methods run on the loop, return at once and never throw. */
public interface Application {

    /** See {@link io.chaski.core.internal.protocol.Outbox#deliver}. */
    void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body);

    /** See {@link io.chaski.core.internal.protocol.Outbox#gap}. */
    void gap(Source source, long from, long to);

    /** See {@link io.chaski.core.internal.protocol.Outbox#datagramReceived}. */
    void datagramReceived(NodeId from, ArrayPayload payload);

    /** See {@link io.chaski.core.internal.protocol.Outbox#identified}. */
    default void identified(NodeId peer, PeerIdentity identity) {}

    /** See {@link io.chaski.core.internal.protocol.Outbox#emit}. */
    void emit(NodeEvent event);

    /** See {@link io.chaski.core.internal.protocol.Outbox#room}. */
    default long room(TopicRef topic) {
        return Long.MAX_VALUE;
    }

    /** See {@link io.chaski.core.internal.protocol.Outbox#capacity}. */
    default long capacity(TopicRef topic) {
        return Long.MAX_VALUE;
    }

    /** Publishers of the topic have to wait for credit, or need not any more. */
    default void onPublishing(String topic, boolean isOpen) {}
}
