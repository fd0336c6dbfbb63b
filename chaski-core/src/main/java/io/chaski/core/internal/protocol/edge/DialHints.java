package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where nodes say they can be reached, as modules have heard it in messages, for dialling those of whom nothing else is known. Hearsay of
 * the weakest kind: over which edge it came is not known, so an address of this machine or this process counts only while no peer has
 * ever come from anywhere else. Confined to the node's event loop.
 */
public final class DialHints {

    /** As many as there are edges for streams alone; the oldest makes room, and is given again when it is needed. */
    static final int MAX_HINTS = 256;

    private final Map<NodeId, Descriptor> hints = new LinkedHashMap<>();

    /** The end of some edge over which hints may have come; a remote one once there was one. */
    private @Nullable Address source;

    /**
     * An edge is up.
     *
     * @param peer over which hints may come from now on
     */
    public void onPeerUp(Peer peer) {
        Address remote = peer.remoteAddress();
        if (source == null || source.isLocal()) {
            source = remote;
        }
    }

    /**
     * Takes note.
     *
     * @param node who
     * @param epoch its incarnation
     * @param addresses where, best first
     */
    public void add(NodeId node, long epoch, List<Address> addresses) {
        List<Address> some = addresses.stream().limit(Descriptor.MAX_ADDRESSES).toList();
        hints.remove(node);
        hints.put(node, new Descriptor(node, epoch, some, false, false, false, TopicSummary.NONE, 0));
        if (hints.size() > MAX_HINTS) {
            hints.remove(hints.keySet().iterator().next());
        }
    }

    /**
     * How full the table is, for the invariants of simulations.
     *
     * @param audience hears it
     */
    public void tellTables(TableAudience audience) {
        audience.hear("hints where to dial", hints.size(), MAX_HINTS);
    }

    /**
     * What may be dialled.
     *
     * @param node any id
     * @return null if there is nothing
     */
    public Peers.@Nullable Known find(NodeId node) {
        Descriptor hint = hints.get(node);
        if (hint == null || source == null) {
            return null;
        }
        Descriptor cleared = HeardAddresses.clear(hint, source);
        return cleared.addresses().isEmpty() ? null : new Peers.Known(cleared, Peers.Trust.HINT);
    }
}
