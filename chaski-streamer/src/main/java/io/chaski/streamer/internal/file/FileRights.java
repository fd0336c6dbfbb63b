package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.NodeAccess;

/** What policies say of files. Answers from memory. Thread-safe. */
interface FileRights {

    /** Asks the policies of a node. */
    static FileRights of(NodeAccess access) {
        return new NodeFileRights(access);
    }

    /** Throws unless this node may offer files on a topic, and speak and listen where files of it are spoken of. */
    void requireSend(String topic);

    /** Throws unless this node may take files of a topic, and speak and listen where files of it are spoken of. */
    void requireReceive(String topic);

    /**
     * Whether what a node offers on a topic is heard. Where nodes have identities, one that this one has never met is heard, since
     * nothing is taken from it before {@link #mayGive} is asked.
     */
    boolean mayOffer(NodeId from, String topic);

    /**
     * Whether content is taken from a node that there is a connection to, before a byte of it is asked for.
     *
     * @param topic on which it was offered; empty for files that were found elsewhere, then any topic will do
     */
    boolean mayGive(NodeId source, String topic);
}
