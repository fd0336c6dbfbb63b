package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    private record Book(NodeLife publisher, List<Sent> sent) {}

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
                    .sent
                    .add(new Sent(outcome.seq(), network.now()));
        }
    }

    /**
     * Each subscriber and publisher, both alive, between whom something is neither delivered, dropped nor reported missing, or more
     * is than was published.
     */
    List<String> open() {
        List<String> open = new ArrayList<>();
        published.forEach((series, book) -> {
            SimulatedNode publisher = network.node(series.origin);
            // What has ended with its publisher or with an incarnation that it gave up is owed by nobody; what one has
            // got of it, all must, which is tested elsewhere.
            if (publisher.isLiving(book.publisher) && book.publisher.epoch() == series.epoch) {
                for (SimulatedNode subscriber : network.nodes()) {
                    Duration since = subscriber.subscribedAt(series.topic);
                    if (since != null && subscriber != publisher) {
                        settle(subscriber, publisher, series, book.sent, since.plus(JOINING), open);
                    }
                }
            }
        });
        return open;
    }

    private static void settle(
            SimulatedNode subscriber,
            SimulatedNode publisher,
            Series series,
            List<Sent> sent,
            Duration owedFrom,
            List<String> open) {
        LifeInvariants.Account account = subscriber.account(series);
        long due = sent.stream()
                .filter(message -> message.at.compareTo(owedFrom) >= 0 || message.seq >= account.first)
                .count();
        // More than was published is as wrong as less.
        if (account.taken + account.dropped + account.missing != due) {
            open.add(subscriber + ", topic " + series.topic + ": of " + due + " messages of " + publisher + " "
                    + account.taken + " delivered and " + account.missing + " reported missing"
                    + (account.dropped == 0 ? "" : ", " + account.dropped + " dropped"));
        }
    }
}
