package io.chaski.core.internal.protocol.member;

import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.find.Discovery;
import io.chaski.core.internal.wire.Descriptor;
import java.util.List;

/** What the overlays of a {@link MeshNode} tell its discovery. */
final class MeshTopics implements Discovery.LocalTopics {

    private final MeshNode node;

    MeshTopics(MeshNode node) {
        this.node = node;
    }

    @Override
    public TopicRef subscribed(long topicHash) {
        for (TopicRef topic : all()) {
            if (topic.hash() == topicHash) {
                return topic;
            }
        }
        return null;
    }

    @Override
    public List<Descriptor> members(TopicRef topic, int limit) {
        Membership overlay = node.overlay(topic.name());
        List<Descriptor> known = overlay instanceof HyParView view ? view.known() : List.of();
        return known.stream().limit(limit).toList();
    }

    @Override
    public void onWanted(TopicRef topic, Descriptor origin) {
        node.overlay(topic.name()).onWanted(origin);
    }

    @Override
    public List<TopicRef> all() {
        return node.topics().stream()
                .filter(topic -> !topic.equals(HyParView.CONTROL))
                .map(node.names()::retainTopic)
                .toList();
    }
}
