package io.chaski.examples.fileshare;

import io.chaski.core.NodeId;
import io.chaski.core.Presence;
import io.chaski.examples.terminal.Terminal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The peers that are online, and those of which this one knows that they were. Who is online only presence tells: what others say of
 * it is old by the time it is heard. Thread-safe.
 */
final class KnownPeers {

    /** Names of the past are a courtesy; others may not fill the heap with them. */
    static final int MAX_REMEMBERED = 1_000;

    private final Presence presence;
    private final Consumer<String> notices;
    private final Set<NodeId> told = new HashSet<>();
    private final Map<NodeId, String> names = new LinkedHashMap<>();

    /**
     * Those who are there, and will be.
     *
     * @param self who is not told of
     * @param notices hears who is online and who is offline from now on
     */
    KnownPeers(NodeId self, Presence presence, Consumer<String> notices) {
        this.presence = presence;
        this.notices = notices;
        told.add(self);
        presence.onJoined(this::onJoined);
        presence.onLeft(this::onLeft);
        presence.members().forEach(this::onJoined); // who came in between
    }

    private synchronized void onJoined(Presence.Member member) {
        if (told.add(member.id())) {
            remember(member.id(), member.name());
            notices.accept(Terminal.printable(member.name()) + " is online");
        }
    }

    private synchronized void onLeft(Presence.Member member) {
        if (told.remove(member.id())) {
            notices.accept(Terminal.printable(member.name()) + " is offline");
        }
    }

    /** Remembers somebody. */
    synchronized void remember(NodeId id, String name) {
        if (names.size() < MAX_REMEMBERED || names.containsKey(id)) {
            names.put(id, name);
        }
    }

    /** Those that are online first. */
    synchronized List<KnownPeer> all() {
        List<KnownPeer> all = new ArrayList<>();
        for (Presence.Member member : presence.members()) {
            all.add(new KnownPeer(member.id(), member.name(), true));
        }
        Set<NodeId> online = all.stream().map(KnownPeer::id).collect(Collectors.toSet());
        names.forEach((id, name) -> {
            if (!online.contains(id)) {
                all.add(new KnownPeer(id, name, false));
            }
        });
        return all;
    }
}
