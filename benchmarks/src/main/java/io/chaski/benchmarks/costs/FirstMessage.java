package io.chaski.benchmarks.costs;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program that starts two nodes, sends one message from one to the other over TCP, says so, and ends. */
final class FirstMessage {

    static final String SAID = "DELIVERED";

    private static final long LIMIT_SECONDS = 50;

    private FirstMessage() {}

    public static void main(String[] arguments) throws Exception {
        Topic<String> topic = Topic.text("first");
        CompletableFuture<String> delivered = new CompletableFuture<>();
        try (ChaskiNode one = ChaskiNode.builder().name("one").start();
                ChaskiNode other = ChaskiNode.builder()
                        .name("other")
                        .bootstrap(one.addresses().get(0))
                        .start()) {
            one.subscribe(topic, message -> delivered.complete(message.payload()));
            other.subscribe(topic, message -> {}).awaitSubscribers(1, Duration.ofSeconds(LIMIT_SECONDS));
            other.publish(topic, "hello");
            delivered.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            System.out.println(SAID);
        }
    }
}
