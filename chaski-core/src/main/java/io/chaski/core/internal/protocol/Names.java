package io.chaski.core.internal.protocol;

import io.chaski.core.NodeId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The topics and sources this node knows, each once. Whoever keeps one in a table retains it, so that its small
 * number is reused only when nobody refers to it any more; the tables that retain are bounded, and so is this.
 * Confined to the node's event loop. The maps are never iterated.
 */
public final class Names {

    private final Map<String, Counted<TopicRef>> topics = new HashMap<>();
    private final Map<SourceKey, Counted<Source>> sources = new HashMap<>();
    private final Indexes topicIndexes = new Indexes();
    private final Indexes sourceIndexes = new Indexes();

    /**
     * The topic with this name, retained.
     *
     * @param name a valid topic name
     */
    public TopicRef retainTopic(String name) {
        Counted<TopicRef> counted =
                topics.computeIfAbsent(name, unused -> new Counted<>(new TopicRef(name, topicIndexes.take())));
        counted.uses++;
        return counted.value;
    }

    /**
     * Retains a topic once more.
     *
     * @param topic a topic that is retained already
     */
    public TopicRef retain(TopicRef topic) {
        return retainTopic(topic.name());
    }

    /**
     * Ends one use of a topic.
     *
     * @param topic a retained topic
     */
    public void release(TopicRef topic) {
        Counted<TopicRef> counted = topics.get(topic.name());
        if (counted == null || counted.value != topic) {
            throw new IllegalStateException("released a topic that is not retained: " + topic);
        }
        if (--counted.uses == 0) {
            topics.remove(topic.name());
            topicIndexes.giveBack(topic.index());
        }
    }

    /**
     * The source with these properties, retained; it retains its topic.
     *
     * @param topic a retained topic
     * @param origin publisher
     * @param epoch its incarnation
     * @param channel see {@link Source#channel()}
     */
    public Source retainSource(TopicRef topic, NodeId origin, long epoch, int channel) {
        SourceKey key = new SourceKey(topic, origin, epoch, channel);
        Counted<Source> counted = sources.get(key);
        if (counted == null) {
            retain(topic);
            counted = new Counted<>(new Source(topic, origin, epoch, channel, sourceIndexes.take()));
            sources.put(key, counted);
        }
        counted.uses++;
        return counted.value;
    }

    /**
     * Retains a source once more.
     *
     * @param source a source that is retained already
     */
    public Source retain(Source source) {
        return retainSource(source.topic(), source.origin(), source.epoch(), source.channel());
    }

    /**
     * Ends one use of a source.
     *
     * @param source a retained source
     */
    public void release(Source source) {
        SourceKey key = new SourceKey(source.topic(), source.origin(), source.epoch(), source.channel());
        Counted<Source> counted = sources.get(key);
        if (counted == null || counted.value != source) {
            throw new IllegalStateException("released a source that is not retained: " + source);
        }
        if (--counted.uses == 0) {
            sources.remove(key);
            sourceIndexes.giveBack(source.index());
            release(source.topic());
        }
    }

    /** Number of sources known. */
    public int sourceCount() {
        return sources.size();
    }

    private record SourceKey(TopicRef topic, NodeId origin, long epoch, int channel) {}

    private static final class Counted<T> {
        final T value;
        int uses;

        Counted(T value) {
            this.value = value;
        }
    }

    /** Hands out the smallest numbers that are free. */
    private static final class Indexes {
        private final Deque<Integer> free = new ArrayDeque<>();
        private int next;

        int take() {
            Integer reused = free.pollLast();
            return reused != null ? reused : next++;
        }

        void giveBack(int index) {
            free.addLast(index);
        }
    }
}
