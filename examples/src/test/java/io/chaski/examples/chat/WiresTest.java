package io.chaski.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.examples.terminal.Terminal;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A connection that takes as long as the test wants it to take. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WiresTest {

    private static final Address CLEO = Address.tcp("127.0.0.1", 8522);

    private final StringWriter shown = new StringWriter();
    private final List<CompletableFuture<Edge>> attempts = new ArrayList<>();
    private int closed;

    private final ChaskiNode node = as(ChaskiNode.class, method -> switch (method) {
        case "connect" -> {
            CompletableFuture<Edge> attempt = new CompletableFuture<>();
            attempts.add(attempt);
            yield attempt;
        }
        case "edges" -> List.of();
        default -> throw new UnsupportedOperationException(method);
    });

    private final Edge edge = as(Edge.class, method -> switch (method) {
        case "name" -> "cleo";
        case "close" -> {
            closed++;
            yield null;
        }
        default -> throw new UnsupportedOperationException(method);
    });

    private final Wires wires = new Wires(
            node,
            List.of(CLEO),
            new Terminal(new BufferedReader(new StringReader("")), new PrintWriter(shown), false, false));

    private interface Answers {
        Object to(String method);
    }

    private static <T> T as(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.to(method.getName())));
    }

    @Test
    void cuts_a_connection_that_is_being_made() {
        wires.heal();
        wires.cut(List.of());

        attempts.get(0).complete(edge);

        assertThat(closed).isEqualTo(1);
        assertThat(shown.toString()).doesNotContain("connected to");
    }

    @Test
    void keeps_a_connection_that_was_cut_and_wanted_again_while_it_was_made() {
        wires.heal();
        wires.cut(List.of());
        wires.heal();

        assertThat(attempts).as("one at a time").hasSize(1);
        attempts.get(0).complete(edge);

        assertThat(closed).isZero();
        assertThat(shown.toString()).contains("connected to cleo");
    }

    @Test
    void tries_no_more_often_however_often_it_is_told() {
        wires.heal();
        wires.heal();
        assertThat(attempts).hasSize(1);
        attempts.get(0).complete(edge);

        wires.heal();

        assertThat(attempts).as("it may be lost by now").hasSize(2);
    }
}
