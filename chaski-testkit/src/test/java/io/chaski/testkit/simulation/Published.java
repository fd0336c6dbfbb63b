package io.chaski.testkit.simulation;

import io.chaski.core.internal.protocol.PublishOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** Messages that were published on the topic of a mesh, and who has got them. */
final class Published {

    /**
     * One of them.
     *
     * @param sender who
     * @param text what nobody else has said
     * @param at when
     */
    record Message(SimulatedNode sender, String text, Duration at) {}

    /** So long a new topic takes to pass a message on: whoever is told of it asks for it after some round trips. */
    private static final Duration PASSING_ON = Duration.ofSeconds(2);

    private final List<Message> messages = new ArrayList<>();

    /** Messages whose sender has ended before it can be sure that anybody has them. */
    private final Set<Message> cutOff = new HashSet<>();

    /** Publishes one. It may wait at the sender until somebody is there, but not be refused. */
    Message publish(Mesh mesh, SimulatedNode sender) {
        String text = mesh.network.now().toNanos() + " by " + sender + ", number " + messages.size();
        PublishOutcome outcome = sender.publish(Mesh.TOPIC, text);
        if (outcome.status() != PublishOutcome.Status.ACCEPTED && outcome.status() != PublishOutcome.Status.KEPT) {
            throw new IllegalStateException(sender + " could not publish: " + outcome);
        }
        Message message = new Message(sender, text, mesh.network.now());
        messages.add(message);
        return message;
    }

    /** The process of a sender ends. What nobody has got from it yet may die with it; what one has got, all must get. */
    void onEnd(SimulatedNode sender, Duration at) {
        for (Message message : messages) {
            if (message.sender == sender && message.at.plus(PASSING_ON).compareTo(at) > 0) {
                cutOff.add(message);
            }
        }
    }

    /** Messages that ended with their senders. */
    List<Message> ended(List<SimulatedNode> receivers) {
        Set<String> got = new HashSet<>();
        receivers.forEach(receiver -> receiver.deliveries().forEach(delivery -> got.add(delivery.text())));
        return messages.stream()
                .filter(message -> cutOff.contains(message) && !got.contains(message.text))
                .toList();
    }

    /** Messages, once for each receiver, that had not come by a moment. */
    double missedBy(List<SimulatedNode> receivers, Duration end) {
        return missed(receivers, (receiver, message) -> true, message -> end);
    }

    /** Messages, once for each receiver that should have them, that had not come within some time. */
    double missedWithin(List<SimulatedNode> receivers, BiPredicate<SimulatedNode, Message> isDue, Duration limit) {
        return missed(receivers, isDue, message -> message.at.plus(limit));
    }

    private double missed(
            List<SimulatedNode> receivers,
            BiPredicate<SimulatedNode, Message> isDue,
            Function<Message, Duration> deadline) {
        long missed = 0;
        List<Message> expected = new ArrayList<>(messages);
        expected.removeAll(ended(receivers));
        for (SimulatedNode receiver : receivers) {
            Map<String, Duration> got = new HashMap<>();
            for (Delivery delivery : receiver.deliveries()) {
                got.put(delivery.text(), delivery.at());
            }
            for (Message message : expected) {
                if (message.sender != receiver && isDue.test(receiver, message)) {
                    Duration at = got.get(message.text);
                    missed += at == null || at.compareTo(deadline.apply(message)) > 0 ? 1 : 0;
                }
            }
        }
        return missed;
    }

    /** Time from publishing to the last delivery, the worst of all messages. */
    double lastSeconds(List<SimulatedNode> receivers) {
        Map<String, Duration> sentAt = new HashMap<>();
        messages.forEach(message -> sentAt.put(message.text, message.at));
        Duration worst = Duration.ZERO;
        for (SimulatedNode receiver : receivers) {
            for (Delivery delivery : receiver.deliveries()) {
                Duration sent = sentAt.get(delivery.text());
                if (sent != null && delivery.at().minus(sent).compareTo(worst) > 0) {
                    worst = delivery.at().minus(sent);
                }
            }
        }
        return Mesh.seconds(worst);
    }
}
