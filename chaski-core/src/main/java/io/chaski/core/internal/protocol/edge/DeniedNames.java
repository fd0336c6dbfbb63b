package io.chaski.core.internal.protocol.edge;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names that a peer has announced on one connection and may not use, in case that the rules change. As many as there may be
 * aliases. Confined to the node's event loop.
 */
final class DeniedNames {

    private final Map<Integer, InternTopic> topics = new LinkedHashMap<>();
    private final Map<Integer, DeniedSource> sources = new LinkedHashMap<>();

    /**
     * A publisher in a topic. The topic is kept by its name: its alias may stand for another one when the rules change.
     *
     * @param alias of the publisher
     * @param topic name of the topic
     * @param origin publisher
     * @param epoch its incarnation
     * @param channel see {@link Source}
     */
    record DeniedSource(int alias, String topic, NodeId origin, long epoch, int channel) {

        static DeniedSource of(InternSource intern, String topic) {
            return new DeniedSource(intern.alias(), topic, intern.origin(), intern.epoch(), intern.channel());
        }

        static DeniedSource of(int alias, Source source) {
            return new DeniedSource(alias, source.topic().name(), source.origin(), source.epoch(), source.channel());
        }
    }

    int topics() {
        return topics.size();
    }

    int sources() {
        return sources.size();
    }

    void add(InternTopic intern) {
        topics.put(intern.alias(), intern);
    }

    void add(DeniedSource source) {
        sources.put(source.alias(), source);
    }

    /** The alias stands for something else now. */
    void forgetTopic(int alias) {
        topics.remove(alias);
    }

    /** The alias stands for something else now. */
    void forgetSource(int alias) {
        sources.remove(alias);
    }

    /** The name of the topic that an alias would stand for; null if that is not denied. */
    @Nullable
    String topic(int alias) {
        InternTopic intern = topics.get(alias);
        return intern == null ? null : intern.topic();
    }

    /** All of them, to be judged once more; they are forgotten here. */
    List<InternTopic> takeTopics() {
        List<InternTopic> taken = new ArrayList<>(topics.values());
        topics.clear();
        return taken;
    }

    /** As {@link #takeTopics}. */
    List<DeniedSource> takeSources() {
        List<DeniedSource> taken = new ArrayList<>(sources.values());
        sources.clear();
        return taken;
    }
}
