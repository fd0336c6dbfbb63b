package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The links of one node as they were when they were last looked at. To look at their other ends costs more than all else that
 * is checked after an input, and most inputs change no link; so an end that has agreed is asked again when either end has
 * changed. Confined to the simulation's thread.
 */
final class SeenLinks {

    private record Seen(String topic, Peer peer, long hash) {
        boolean is(String otherTopic, Peer otherPeer, long otherHash) {
            return peer == otherPeer && hash == otherHash && topic.equals(otherTopic);
        }
    }

    private final List<Seen> links = new ArrayList<>();
    private final Consumer<NodeId> onChanged;
    private int looked;
    private boolean isAgreed;

    /**
     * No links yet.
     *
     * @param onChanged hears of each node that has an end of a link that may have changed here
     */
    SeenLinks(Consumer<NodeId> onChanged) {
        this.onChanged = onChanged;
    }

    /** Begins to look at all links, always in the same order. */
    void begin() {
        looked = 0;
    }

    /** One of them. */
    void look(String topic, Peer peer, long hash) {
        if (looked == links.size() || !links.get(looked).is(topic, peer, hash)) {
            forgetFrom(looked);
            links.add(new Seen(topic, peer, hash));
            isAgreed = false;
            onChanged.accept(peer.id());
        }
        looked++;
    }

    /** Those that were not looked at this time are gone. */
    void end() {
        forgetFrom(looked);
    }

    /** The node is down, and so are its links. */
    void clear() {
        forgetFrom(0);
    }

    private void forgetFrom(int first) {
        if (first < links.size()) {
            isAgreed = false;
            List<Seen> changed = links.subList(first, links.size());
            changed.forEach(link -> onChanged.accept(link.peer.id()));
            changed.clear();
        }
    }

    /** Whether all other ends said the same, and nothing has changed since at either end. */
    boolean isAgreed() {
        return isAgreed;
    }

    void setAgreed(boolean agreed) {
        isAgreed = agreed;
    }
}
