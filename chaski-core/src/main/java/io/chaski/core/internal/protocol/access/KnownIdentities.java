package io.chaski.core.internal.protocol.access;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Subject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who the nodes are that this one has met. An id is made from the identity, so what was proved once stays true. For one
 * thread at a time.
 */
public final class KnownIdentities {

    /** More nodes than most networks have; some 300 bytes each. Beyond, the one that was not met for the longest is forgotten. */
    static final int MAX = 16_384;

    private final Map<NodeId, Subject> subjects = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Subject> eldest) {
            return size() > MAX;
        }
    };

    /**
     * Somebody has proved who it is.
     *
     * @param id made from the identity
     * @param subject the identity
     */
    public void met(NodeId id, Subject subject) {
        if (!subject.equals(Subject.ANONYMOUS)) {
            subjects.remove(id);
            subjects.put(id, subject);
        }
    }

    /**
     * Who a node is.
     *
     * @param id any id
     * @return null for one that this node has never met
     */
    public @Nullable Subject find(NodeId id) {
        return subjects.get(id);
    }
}
