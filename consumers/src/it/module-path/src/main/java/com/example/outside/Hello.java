package com.example.outside;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two nodes, one message. Ends with exit code 0 if it arrives. */
public final class Hello {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Hello() {}

    public static void main(String[] arguments) throws Exception {
        Topic<String> greetings = Topic.of("greetings", String.class);
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ChaskiNode a = ChaskiNode.builder().name("a").start()) {
            String address = a.addresses().get(0).toString();
            a.subscribe(greetings, message -> received.complete(message.payload()));
            try (ChaskiNode b =
                    ChaskiNode.builder().name("b").bootstrap(address).start()) {
                Subscription subscription = b.subscribe(greetings, message -> {});
                subscription.awaitPaired(LIMIT);
                b.publish(greetings, "hello");
                System.out.println("received " + received.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
            }
        }
    }
}
