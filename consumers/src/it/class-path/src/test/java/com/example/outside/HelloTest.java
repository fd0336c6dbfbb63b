package com.example.outside;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Inbox;
import io.chaski.testkit.Node;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** As somebody who uses the library would test his program: two nodes in virtual time. */
@ChaskiTest(nodes = {"a", "b"})
class HelloTest {

    private static final Topic<String> GREETINGS = Topic.of("greetings", String.class);

    @Test
    void greetingsArrive(ChaskiNetwork net, @Node("a") ChaskiNode a) {
        Inbox<String> atB = net.inbox("b", GREETINGS);
        a.subscribe(GREETINGS, message -> {});
        net.advance(Duration.ofSeconds(1)); // they find each other

        a.publish(GREETINGS, "hello");
        net.advance(Duration.ofSeconds(1));

        assertThat(atB).containsExactly("hello");
    }
}
