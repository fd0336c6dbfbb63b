package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names that a peer has announced on one connection and may not use, in case that the rules change. As many as there may be
 * aliases. Confined to the node's event loop.
 */
final class DeniedNames {

    private final Map<Integer, InternTopic> topics = new LinkedHashMap<>();
    private final Map<Integer, InternSource> sources = new LinkedHashMap<>();

    void add(InternTopic intern) {
        topics.put(intern.alias(), intern);
    }

    void add(InternSource intern) {
        sources.put(intern.alias(), intern);
    }

    /** The alias stands for something else now. */
    void forgetTopic(int alias) {
        topics.remove(alias);
    }

    /** The alias stands for something else now. */
    void forgetSource(int alias) {
        sources.remove(alias);
    }

    boolean hasTopic(int alias) {
        return topics.containsKey(alias);
    }

    /** All of them, to be announced once more; they are forgotten here. */
    List<InternTopic> takeTopics() {
        List<InternTopic> taken = new ArrayList<>(topics.values());
        topics.clear();
        return taken;
    }

    /** As {@link #takeTopics}. */
    List<InternSource> takeSources() {
        List<InternSource> taken = new ArrayList<>(sources.values());
        sources.clear();
        return taken;
    }
}
