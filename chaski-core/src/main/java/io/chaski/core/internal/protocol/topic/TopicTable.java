package io.chaski.core.internal.protocol.topic;

import io.chaski.core.internal.protocol.TopicRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a node: by name for the application, by hash for what peers subscribe to, by index for frames, of which
 * there are many. Bounded by those who add to it. Confined to the node's event loop.
 */
final class TopicTable {

    private final Map<String, TopicOverlay> byName = new LinkedHashMap<>();

    /** By the hash of its name: one, unless names collide. Looked up only, never iterated. */
    private final Map<Long, List<TopicOverlay>> byHash = new HashMap<>();

    private TopicOverlay[] byIndex = new TopicOverlay[8];

    /** Made when it is asked for after a change: each PING and PONG looks at all topics, and they change seldom. */
    private @Nullable List<TopicOverlay> copy;

    void add(TopicOverlay overlay) {
        copy = null;
        TopicRef topic = overlay.topic();
        byName.put(topic.name(), overlay);
        byHash.merge(topic.hash(), List.of(overlay), TopicTable::both);
        if (topic.index() >= byIndex.length) {
            byIndex = Arrays.copyOf(byIndex, Math.max(topic.index() + 1, byIndex.length * 2));
        }
        byIndex[topic.index()] = overlay;
    }

    void remove(TopicOverlay overlay) {
        copy = null;
        TopicRef topic = overlay.topic();
        byName.remove(topic.name());
        byHash.computeIfPresent(topic.hash(), (hash, some) -> without(overlay, some));
        byIndex[topic.index()] = null;
    }

    @Nullable
    TopicOverlay named(String name) {
        return byName.get(name);
    }

    List<TopicOverlay> withHash(long hash) {
        return byHash.getOrDefault(hash, List.of());
    }

    @Nullable
    TopicOverlay of(TopicRef topic) {
        TopicOverlay overlay = topic.index() < byIndex.length ? byIndex[topic.index()] : null;
        return overlay != null && overlay.topic() == topic ? overlay : null;
    }

    /** All of them at any time; not a copy. */
    Collection<TopicOverlay> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** All of them as they are now, also for those who add or remove some meanwhile. */
    List<TopicOverlay> copy() {
        List<TopicOverlay> made = copy;
        if (made == null) {
            made = List.copyOf(byName.values());
            copy = made;
        }
        return made;
    }

    private static List<TopicOverlay> both(List<TopicOverlay> some, List<TopicOverlay> others) {
        List<TopicOverlay> all = new ArrayList<>(some);
        all.addAll(others);
        return List.copyOf(all);
    }

    /** What is left, null if nothing is. */
    private static @Nullable List<TopicOverlay> without(TopicOverlay one, List<TopicOverlay> some) {
        List<TopicOverlay> rest = some.stream().filter(each -> each != one).toList();
        return rest.isEmpty() ? null : rest;
    }
}
