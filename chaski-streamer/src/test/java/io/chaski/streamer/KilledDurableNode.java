package io.chaski.streamer;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** The process that is killed: a node that keeps a topic, publishes on it and subscribes under a name. */
final class KilledDurableNode {

    static final Topic<String> ROOM = Topic.text("room");
    static final String NAME = "alice";

    private static final int MOST_UNACKNOWLEDGED = 20;

    private KilledDurableNode() {}

    static DurableOptions options(Path place) {
        return DurableOptions.builder().keepIn(place).build();
    }

    /** Argument: the directory. */
    public static void main(String[] arguments) throws IOException {
        KilledLives.live(beginning -> {
            ChaskiNode node = ChaskiNode.builder().name("killed").start();
            DurableTopic<String> topic = ChaskiStreamer.on(node).durable(ROOM, options(Path.of(arguments[0])));
            topic.subscribe(NAME, delivery -> {
                Message<String> message = delivery.message();
                KilledLives.say("heard " + id(message) + " " + message.payload() + " " + delivery.redelivered());
            });
            Thread publishing = new Thread(() -> publish(node.id(), topic));
            publishing.setUncaughtExceptionHandler((thread, e) -> KilledLives.say("failed " + e));
            publishing.start();
        });
    }

    private static void publish(NodeId self, DurableTopic<String> topic) {
        Semaphore unacknowledged = new Semaphore(MOST_UNACKNOWLEDGED);
        for (int i = 1; ; i++) {
            unacknowledged.acquireUninterruptibly();
            String payload = "m" + i;
            var unused = topic.publish(payload).thenAccept(answer -> {
                String id = self + "/" + answer.epoch() + "/" + answer.sequence();
                KilledLives.say("kept " + id + " " + payload + " " + answer.isKept());
                unacknowledged.release();
            });
        }
    }

    static String id(Message<?> message) {
        return message.origin() + "/" + message.epoch() + "/" + message.sequence();
    }
}
