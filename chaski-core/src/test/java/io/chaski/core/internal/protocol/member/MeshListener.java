package io.chaski.core.internal.protocol.member;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.TopicRef;

/** Writes down which links come and go, and looks for members as long as a topic has fewer than two. */
final class MeshListener implements Membership.Listener {
    private final MeshNode node;
    private final TopicRef topic;

    MeshListener(MeshNode node, TopicRef topic) {
        this.node = node;
        this.topic = topic;
    }

    @Override
    public void onNeighbourUp(Peer peer) {
        node.links.add("up " + topic + " " + peer.remoteAddress().host());
        if (node.overlay(topic.name()).neighbours().size() >= 2) {
            node.discovery().satisfied(topic);
        }
    }

    @Override
    public void onNeighbourDown(Peer peer) {
        node.links.add("down " + topic + " " + peer.remoteAddress().host());
    }

    @Override
    public void onCandidatesWanted() {
        node.discovery().want(topic, (found, from) -> node.overlay(topic.name()).onCandidates(found));
    }
}
