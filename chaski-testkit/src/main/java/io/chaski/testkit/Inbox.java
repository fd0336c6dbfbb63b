package io.chaski.testkit;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node has received on a topic since the inbox was made: a list of payloads that grows, in the order of arrival.
 * It ends with the node; a node that restarts needs a new one. Thread-safe; iterators show what was there when they were
 * made.
 *
 * <!-- snippet: chaski-testkit/src/test/java/io/chaski/testkit/guide/JavadocExamplesTest.java#inbox -->
 * <pre>{@code
 * Inbox<Order> inbox = net.inbox(c, orders);
 * a.publish(orders, new Order(1));
 * net.await("the order", () -> inbox.contains(new Order(1)), Duration.ofSeconds(30));
 * assertThat(inbox).containsExactly(new Order(1));
 * }</pre>
 *
 * @param <T> type of the payloads
 */
public final class Inbox<T extends @Nullable Object> extends AbstractList<T> {

    private final List<Arrival<T>> arrivals = new ArrayList<>();
    private final List<NodeEvent.Gap> gaps = new ArrayList<>();
    private final Subscription subscription;

    /**
     * A message and when it came.
     *
     * @param at time since the network was made
     * @param message what came
     * @param <T> type of the payload
     */
    public record Arrival<T extends @Nullable Object>(Duration at, Message<T> message) {}

    Inbox(ChaskiNode node, Topic<T> topic, Supplier<Duration> now) {
        SubscribeOptions options = SubscribeOptions.builder()
                .capacity(SubscribeOptions.MAX_CAPACITY)
                .capacityBytes(Long.MAX_VALUE)
                .onGap(this::onGap)
                .build();
        subscription = node.subscribe(topic, message -> onMessage(now.get(), message), options);
    }

    private void onMessage(Duration at, Message<T> message) {
        synchronized (arrivals) {
            arrivals.add(new Arrival<>(at, message));
        }
    }

    private void onGap(NodeEvent.Gap gap) {
        synchronized (gaps) {
            gaps.add(gap);
        }
    }

    /** The messages with the times at which they came. */
    public List<Arrival<T>> arrivals() {
        synchronized (arrivals) {
            return List.copyOf(arrivals);
        }
    }

    /** The messages. */
    public List<Message<T>> messages() {
        return arrivals().stream().map(Arrival::message).toList();
    }

    /** What will not come, because nobody could repair it in time. */
    public List<NodeEvent.Gap> gaps() {
        synchronized (gaps) {
            return List.copyOf(gaps);
        }
    }

    /** The subscription behind it. */
    public Subscription subscription() {
        return subscription;
    }

    @Override
    public T get(int index) {
        synchronized (arrivals) {
            return arrivals.get(index).message().payload();
        }
    }

    @Override
    public int size() {
        synchronized (arrivals) {
            return arrivals.size();
        }
    }

    @Override
    public Iterator<T> iterator() {
        return payloads().iterator();
    }

    @Override
    public Spliterator<T> spliterator() {
        return payloads().spliterator();
    }

    @Override
    public Object[] toArray() {
        return payloads().toArray();
    }

    private List<T> payloads() {
        List<T> payloads = new ArrayList<>();
        arrivals().forEach(arrival -> payloads.add(arrival.message().payload()));
        return payloads;
    }
}
