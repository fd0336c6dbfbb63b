package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.security.policy.Subject;

/** Those of a node: the one way from here to {@link NodeAccess}. Thread-safe. */
final class NodeFileRights implements FileRights {

    private final NodeAccess access;

    NodeFileRights(NodeAccess access) {
        this.access = access;
    }

    @Override
    public void requireSend(String topic) {
        access.require(Action.FILE_SEND, topic);
        requireTopic(topic);
    }

    @Override
    public void requireReceive(String topic) {
        access.require(Action.FILE_RECEIVE, topic);
        requireTopic(topic);
    }

    /** Both sides speak and listen: a receiver that cannot ask and answer gets files by chance only. */
    private void requireTopic(String topic) {
        String spoken = FileTopic.topicOf(topic).name();
        access.require(Action.SUBSCRIBE, spoken);
        access.require(Action.PUBLISH, spoken);
    }

    @Override
    public boolean mayOffer(NodeId from, String topic) {
        boolean isKnown =
                access.self().equals(Subject.ANONYMOUS) || access.subject(from).isPresent();
        return !isKnown || mayGive(from, topic);
    }

    @Override
    public boolean mayGive(NodeId source, String topic) {
        if (access.rules().isOpen()) {
            return true;
        }
        return topic.isEmpty()
                ? access.rules().allowsAny(access.subject(source).orElse(Subject.ANONYMOUS), Action.FILE_SEND)
                : access.decide(source, Action.FILE_SEND, topic).isAllowed();
    }
}
