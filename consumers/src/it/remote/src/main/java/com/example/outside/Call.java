package com.example.outside;

import io.chaski.core.ChaskiNode;
import io.chaski.remote.ChaskiRemote;
import java.time.Duration;

/** Two nodes, one of which calls the other. Ends with exit code 0 if the answer arrives. */
public final class Call {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Call() {}

    record Greeting(String text, int times) {}

    interface Greeter {
        Greeting greet(String name, int times);
    }

    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode a = ChaskiNode.builder().name("a").start();
                ChaskiNode b = ChaskiNode.builder()
                        .name("b")
                        .bootstrap(a.addresses().get(0).toString())
                        .start()) {
            ChaskiRemote.on(a).serve("greeter", Greeter.class, (name, times) -> new Greeting("hello " + name, times));
            ChaskiRemote remote = ChaskiRemote.on(b);
            remote.awaitService("greeter", 1, LIMIT);
            Greeting greeting = remote.proxy("greeter", Greeter.class).greet(b.name(), 3);
            System.out.println("received " + greeting.text() + " x " + greeting.times());
        }
    }
}
