package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.netty.LoggedLines;
import io.chaski.core.security.RenewalAlarm;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** N42: how often the log says what happened, and that no peer speaks through it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EventLogTest {

    @RegisterExtension
    final LoggedLines logged = new LoggedLines(EventLog.class, Level.INFO);

    private final EventLog log = new EventLog("mill", () -> nowNanos());
    private long nowNanos;

    private long nowNanos() {
        return nowNanos;
    }

    @Test
    void a_rule_that_one_host_breaks_again_and_again_is_one_line_in_ten_seconds() {
        for (int port = 1; port <= 100; port++) {
            log.accept(violation("10.0.0.1", port, CloseReason.MALFORMED));
        }
        nowNanos += LogLimiter.INTERVAL_NANOS;
        log.accept(violation("10.0.0.1", 101, CloseReason.MALFORMED));

        assertThat(lines())
                .containsExactly(
                        "node mill: 10.0.0.1:1 broke a rule, MALFORMED: detail",
                        "node mill: 10.0.0.1:101 broke a rule, MALFORMED: detail"
                                + " (99 more like this were not logged)");
    }

    @Test
    void another_host_and_another_reason_are_lines_of_their_own() {
        log.accept(violation("10.0.0.1", 1, CloseReason.MALFORMED));
        log.accept(violation("10.0.0.2", 1, CloseReason.MALFORMED));
        log.accept(violation("10.0.0.1", 1, CloseReason.PROTOCOL));

        assertThat(lines()).hasSize(3);
    }

    @Test
    void edges_that_come_and_go_are_a_line_each_and_then_counted() {
        for (int peer = 1; peer <= 100; peer++) {
            for (int time = 0; time < 3; time++) {
                log.accept(new NodeEvent.EdgeUp(new NodeId(peer, peer), "p" + peer));
                log.accept(new NodeEvent.EdgeDown(new NodeId(peer, peer), CloseReason.LEAVING));
            }
        }
        assertThat(lines()).filteredOn(line -> line.contains("is up")).hasSize(LogLimiter.MOST_OF_KIND);
        assertThat(lines()).filteredOn(line -> line.contains("is down")).hasSize(LogLimiter.MOST_OF_KIND);

        nowNanos += LogLimiter.INTERVAL_NANOS;
        log.accept(new NodeEvent.EdgeUp(new NodeId(200, 200), "late"));
        assertThat(lines()).last().asString().contains("late").contains("204 more like this were not logged");
    }

    @Test
    void what_was_left_out_of_a_forgotten_host_is_counted_all_the_same() {
        for (int time = 0; time < 4; time++) {
            log.accept(violation("10.0.0.1", 1, CloseReason.MALFORMED));
        }
        for (int host = 0; host < 256; host++) {
            log.accept(violation("10.0.1." + host, 1, CloseReason.MALFORMED));
        }
        nowNanos += LogLimiter.INTERVAL_NANOS;
        log.accept(violation("10.0.2.1", 1, CloseReason.MALFORMED));

        int ofTheForgotten = 3;
        int ofTheOthers = 256 - (LogLimiter.MOST_OF_KIND - 1);
        assertThat(lines())
                .last()
                .asString()
                .contains("(" + (ofTheForgotten + ofTheOthers) + " more like this were not logged)");
    }

    @Test
    void hosts_that_are_made_up_do_not_make_more_lines() {
        for (int i = 0; i < 10_000; i++) {
            log.accept(violation("10." + i % 200 + '.' + i / 200 + ".1", 1, CloseReason.MALFORMED));
        }
        assertThat(lines()).hasSize(LogLimiter.MOST_OF_KIND);
    }

    @Test
    void a_loop_that_is_late_again_and_again_is_one_line_in_ten_seconds() {
        log.accept(new NodeEvent.Lagged(Duration.ofMillis(750)));
        log.accept(new NodeEvent.Lagged(Duration.ofMillis(900)));

        assertThat(lines()).containsExactly("node mill: the event loop was 750 ms late");
    }

    @Test
    void text_of_a_peer_is_printable_and_short() {
        assertThat(LogLimiter.escaped("mill-7 (left)")).isEqualTo("mill-7 (left)");
        assertThat(LogLimiter.escaped("a\u001b[2J\r\n\\")).isEqualTo("a\\u001b[2J\\u000d\\u000a\\u005c");
        assertThat(LogLimiter.escaped("${jndi:x}")).isEqualTo("\\u0024\\u007bjndi:x}");
        assertThat(LogLimiter.escaped("x".repeat(1_000))).hasSize(131).endsWith("x...");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b[2J\u001b[1;31mALARM",
                "mallory\r\n12:00:00.000 ERROR [main] Bank: all is lost",
                "${jndi:ldap://127.0.0.1/x}",
                "\u202eyrollam"
            })
    void no_event_lets_the_words_of_a_peer_speak(String hostile) throws ReflectiveOperationException {
        for (Class<?> kind : NodeEvent.class.getPermittedSubclasses()) {
            log.accept(eventSaying(hostile, kind));
        }

        assertThat(lines()).as("a kind that is logged").hasSizeGreaterThan(10);
        assertThat(lines()).noneMatch(line -> line.contains(hostile));
        assertThat(lines()).allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c <= '~'));
    }

    /** An event of a kind whose texts, all but the topic, are these: topics are those of the application. */
    private static NodeEvent eventSaying(String text, Class<?> kind) throws ReflectiveOperationException {
        List<Object> values = new ArrayList<>();
        List<Class<?>> types = new ArrayList<>();
        for (RecordComponent component : kind.getRecordComponents()) {
            types.add(component.getType());
            values.add(component.getName().equals("topic") ? "t" : sample(component.getType(), text));
        }
        Constructor<?> constructor = kind.getDeclaredConstructor(types.toArray(Class<?>[]::new));
        return (NodeEvent) constructor.newInstance(values.toArray());
    }

    private static Object sample(Class<?> type, String text) {
        NodeId id = new NodeId(1, 2);
        if (type == Instant.class) {
            return Instant.EPOCH;
        }
        if (type == NodeEvent.TrustDocument.class) {
            return NodeEvent.TrustDocument.POLICY;
        }
        if (type == NodeEvent.ProofProblem.class) {
            return NodeEvent.ProofProblem.FORGED;
        }
        Map<Class<?>, Object> samples = Map.of(
                RenewalAlarm.class,
                RenewalAlarm.LATE,
                String.class,
                text,
                NodeId.class,
                id,
                Address.class,
                Address.tcp("10.0.0.1", 1),
                CloseReason.class,
                CloseReason.MALFORMED,
                NodeEvent.DialFailure.class,
                NodeEvent.DialFailure.REFUSED,
                NodeEvent.Gap.class,
                new NodeEvent.Gap(id, 1, 1, 2),
                Duration.class,
                Duration.ofSeconds(1),
                long.class,
                7L,
                int.class,
                7);
        return Objects.requireNonNull(samples.get(type), () -> "a sample of " + type);
    }

    private static NodeEvent violation(String host, int port, CloseReason reason) {
        return new NodeEvent.Violation(Address.tcp(host, port), reason, "detail");
    }

    private List<String> lines() {
        return logged.all().stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
