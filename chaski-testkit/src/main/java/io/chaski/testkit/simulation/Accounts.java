package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was published, compared with what each subscriber has got, was told that it will not get, or has had dropped by its own
 * queue. What is under way, or waits in a queue, is in nobody's account yet, so they are closed when a run has come to rest.
 * Confined to the simulation's thread.
 */
final class Accounts {

    /** A subscriber that has heard nothing of a publisher yet is owed what is published so long after it has come. */
    static final Duration JOINING = Duration.ofSeconds(5);

    /**
     * Messages of one publisher in one topic.
     *
     * @param topic name of the topic
     * @param origin who published
     * @param epoch incarnation of the publisher
     * @param channel kind of messages, see {@link Source}
     */
    record Series(String topic, NodeId origin, long epoch, int channel) {
        static Series of(Source source) {
            return new Series(source.topic().name(), source.origin(), source.epoch(), source.channel());
        }
    }

    private record Sent(long seq, Duration at) {}

    /** At least one message, whose numbers follow one another. */
    private record Book(NodeLife publisher, List<Sent> sent) {
        void add(Sent next) {
            assert sent.isEmpty() || next.seq == sent.get(sent.size() - 1).seq + 1;
            sent.add(next);
        }

        @Nullable
        Duration at(long seq) {
            long index = seq - sent.get(0).seq;
            return index < 0 || index >= sent.size() ? null : sent.get((int) index).at;
        }
    }

    private final SimulatedNetwork network;
    private final Map<Series, Book> published = new LinkedHashMap<>();

    Accounts(SimulatedNetwork network) {
        this.network = network;
    }

    void onPublished(SimulatedNode node, NodeLife life, String topic, int channel, PublishOutcome outcome) {
        boolean isSent =
                outcome.status() == PublishOutcome.Status.ACCEPTED || outcome.status() == PublishOutcome.Status.KEPT;
        if (isSent) {
            Series series = new Series(topic, node.id(), outcome.epoch(), channel);
            published
                    .computeIfAbsent(series, unused -> new Book(life, new ArrayList<>()))
                    .add(new Sent(outcome.seq(), network.now()));
        }
    }

    /** Accounts in which something is neither delivered, dropped nor reported missing, or more is than was published. */
    List<SubscriberAccount> open() {
        return all().filter(SubscriberAccount::isOpen).toList();
    }

    /** Of all that is due in any account the share that was delivered; empty if nothing is due. */
    OptionalDouble shareDelivered() {
        List<SubscriberAccount> all = all().toList();
        long due = all.stream().mapToLong(SubscriberAccount::due).sum();
        long delivered = all.stream().mapToLong(SubscriberAccount::delivered).sum();
        return due == 0 ? OptionalDouble.empty() : OptionalDouble.of(delivered / (double) due);
    }

    private Stream<SubscriberAccount> all() {
        return published.entrySet().stream().flatMap(entry -> accounts(entry.getKey(), entry.getValue()));
    }

    private Stream<SubscriberAccount> accounts(Series series, Book book) {
        SimulatedNode publisher = network.node(series.origin);
        // What has ended with its publisher, or with an incarnation that it gave up, is owed by nobody; that all get
        // what one
        // has got of it is tested elsewhere.
        if (!publisher.isLiving(book.publisher) || book.publisher.epoch() != series.epoch) {
            return Stream.empty();
        }
        return network.nodes().stream()
                .filter(subscriber -> subscriber != publisher && subscriber.subscribedAt(series.topic) != null)
                .map(subscriber -> account(subscriber, publisher, series, book.sent));
    }

    private static SubscriberAccount account(
            SimulatedNode subscriber, SimulatedNode publisher, Series series, List<Sent> sent) {
        Duration owedFrom = Objects.requireNonNull(subscriber.subscribedAt(series.topic), "it subscribes")
                .plus(JOINING);
        LifeInvariants.Account seen = subscriber.account(series);
        long due = sent.stream()
                .filter(message -> message.at.compareTo(owedFrom) >= 0 || message.seq >= seen.first)
                .count();
        return new SubscriberAccount(subscriber, publisher, series.topic, due, seen.taken, seen.missing, seen.dropped);
    }

    /** Time since a message was published; none if it never was, which a hostile node may say of any. */
    Duration sinceSent(Series series, long seq) {
        Book book = published.get(series);
        Duration at = book == null ? null : book.at(seq);
        return at == null ? Duration.ZERO : network.now().minus(at);
    }
}
