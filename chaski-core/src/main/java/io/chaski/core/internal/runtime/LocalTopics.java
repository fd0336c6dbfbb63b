package io.chaski.core.internal.runtime;

import io.chaski.core.NodeSnapshot.QueueSnapshot;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.WireLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All topics that the application has subscribed to or published on. Thread-safe; deliveries come on the loop and find
 * their topic by the index of its reference.
 */
final class LocalTopics {

    private final Map<String, LocalTopic> byName = new ConcurrentHashMap<>();
    private final Function<String, LocalTopic> maker;

    /** By {@link TopicRef#index()}; an index is reused, so the reference is compared. Loop only. */
    private Known[] byIndex = new Known[16];

    private record Known(TopicRef ref, LocalTopic topic) {}

    LocalTopics(Function<String, LocalTopic> maker) {
        this.maker = maker;
    }

    /**
     * Makes a subscription and puts it into its topic; the topic is joined by {@link LocalTopic#join}.
     *
     * @param name a valid name
     * @param subscription made for the topic
     * @throws IllegalStateException if there are too many topics
     */
    synchronized <S extends ActiveSubscription<?>> S register(String name, Function<LocalTopic, S> subscription) {
        LocalTopic known = byName.get(name);
        LocalTopic topic = known != null ? known : add(name);
        S made = subscription.apply(topic);
        topic.register(made);
        return made;
    }

    /**
     * A topic to publish on.
     *
     * @param name a valid name
     * @throws IllegalStateException if this node subscribes to as many topics as it may already
     */
    LocalTopic published(String name) {
        LocalTopic known = byName.get(name);
        return known != null ? known : addPublished(name);
    }

    private synchronized LocalTopic addPublished(String name) {
        LocalTopic known = byName.get(name);
        return known != null ? known : add(name);
    }

    /**
     * Beyond the limit, topics that are subscribed are refused; of topics that are only published on, all that is kept
     * is a count of neighbours, so these are forgotten.
     */
    private LocalTopic add(String name) {
        if (byName.size() >= WireLimits.MAX_TOPICS) {
            byName.values().removeIf(LocalTopic::retireIfUnused);
            if (byName.size() >= WireLimits.MAX_TOPICS) {
                throw new IllegalStateException("a node subscribes to at most " + WireLimits.MAX_TOPICS + " topics");
            }
        }
        LocalTopic added = maker.apply(name);
        byName.put(name, added);
        return added;
    }

    /**
     * The topic if the application has used it.
     *
     * @param name any name
     */
    @Nullable
    LocalTopic find(String name) {
        return byName.get(name);
    }

    /** All of them, sorted by name. */
    List<LocalTopic> all() {
        List<LocalTopic> all = new ArrayList<>(byName.values());
        all.sort((a, b) -> a.name().compareTo(b.name()));
        return all;
    }

    /** What waits for the handlers of each subscription, sorted by name of the topic. */
    List<QueueSnapshot> queues() {
        return all().stream()
                .flatMap(topic -> topic.subscriptions().stream())
                .map(ActiveSubscription::queueSnapshot)
                .toList();
    }

    /** A message for whoever listens here. Loop only. */
    void deliver(Source source, long sequence, int hops, boolean isProved, ArrayPayload body) {
        LocalTopic topic = of(source.topic());
        if (topic != null) {
            topic.deliver(source, sequence, hops, isProved, body);
        }
    }

    /** Messages that will not come. Loop only. */
    void deliverGap(Source source, long from, long to) {
        LocalTopic topic = of(source.topic());
        if (topic != null) {
            topic.deliverGap(source, from, to);
        }
    }

    /** See {@link LocalTopic#room}. Loop only. */
    long room(TopicRef ref) {
        LocalTopic topic = of(ref);
        return topic == null ? Long.MAX_VALUE : topic.room();
    }

    /** See {@link LocalTopic#capacity}. Loop only. */
    long capacity(TopicRef ref) {
        LocalTopic topic = of(ref);
        return topic == null ? Long.MAX_VALUE : topic.capacity();
    }

    private @Nullable LocalTopic of(TopicRef ref) {
        int index = ref.index();
        if (index >= byIndex.length) {
            byIndex = Arrays.copyOf(byIndex, Math.max(index + 1, 2 * byIndex.length));
        }
        Known known = byIndex[index];
        if (known == null || known.ref != ref || known.topic.isRetired()) {
            LocalTopic topic = byName.get(ref.name());
            if (topic == null) {
                return null;
            }
            known = new Known(ref, topic);
            byIndex[index] = known;
        }
        return known.topic;
    }
}
