package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.security.policy.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What policies say of files: the one way from here to {@link NodeAccess}. Answers from memory. Thread-safe. */
final class FileRights {

    /** Everybody may do everything. */
    static final FileRights ALL = new FileRights(null);

    private final @Nullable NodeAccess access;

    private FileRights(@Nullable NodeAccess access) {
        this.access = access;
    }

    static FileRights of(NodeAccess access) {
        return new FileRights(access);
    }

    /** Throws unless this node may offer files on a topic. */
    void requireSend(String topic) {
        if (access != null) {
            access.require(Action.FILE_SEND, topic);
        }
    }

    /** Throws unless this node may take files of a topic. */
    void requireReceive(String topic) {
        if (access != null) {
            access.require(Action.FILE_RECEIVE, topic);
        }
    }

    /**
     * Whether what a node offers on a topic is heard. Where nodes have identities, one that this one has never met is heard, since
     * nothing is taken from it before {@link #mayGive} is asked.
     */
    boolean mayOffer(NodeId from, String topic) {
        boolean isKnown = access == null
                || access.self().equals(Subject.ANONYMOUS)
                || access.subject(from).isPresent();
        return !isKnown || mayGive(from, topic);
    }

    /**
     * Whether content is taken from a node that there is a connection to, before a byte of it is asked for.
     *
     * @param topic on which it was offered; empty for files that were found elsewhere, then any topic will do
     */
    boolean mayGive(NodeId source, String topic) {
        if (access == null || access.rules().isOpen()) {
            return true;
        }
        Optional<Subject> subject = access.subject(source);
        return topic.isEmpty()
                ? access.rules().allowsAny(subject.orElse(Subject.ANONYMOUS), Action.FILE_SEND)
                : access.decide(source, Action.FILE_SEND, topic).isAllowed();
    }
}
