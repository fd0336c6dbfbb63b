package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** N42: plants secrets in payloads, keys and headers and looks for them in everything that is logged. */
@Timeout(60)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LoggingTest {

    record Account(String owner, double balance) {}

    private static final String SECRET = "correct-horse-battery-staple";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.chaski");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> capture = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    };

    @BeforeEach
    void listen() {
        capture.start();
        logger.addAppender(capture);
        logger.setLevel(Level.TRACE);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.setLevel(null);
        logger.setAdditive(true);
        logger.detachAppender(capture);
    }

    @Test
    void nothing_that_applications_say_is_logged() throws Exception {
        Topic<String> text = Topic.text("t").presence(true);
        Topic<Account> accounts = Topic.of("t", Account.class);
        PublishOptions options =
                PublishOptions.builder().key(SECRET).header("password", SECRET).build();
        List<NodeEvent> events = new CopyOnWriteArrayList<>();
        List<String> heard = new CopyOnWriteArrayList<>();
        String cluster = "logging-" + System.nanoTime();
        try (ChaskiNode ana = ChaskiNode.builder()
                        .name("ana")
                        .cluster(cluster)
                        .onEvent(events::add)
                        .start();
                ChaskiNode ben = ChaskiNode.builder()
                        .name("ben")
                        .cluster(cluster)
                        .bootstrap(ana.addresses().get(0))
                        .start()) {
            Subscription subscription = ana.subscribe(text, message -> {
                heard.add(message.payload());
                lines.add(message.toString());
                throw new IllegalStateException("a handler that fails");
            });
            ana.subscribe(accounts, message -> heard.add("never"));
            Subscription publisher = ben.subscribe(text, message -> {});
            subscription.awaitPaired(LIMIT);
            publisher.awaitPaired(LIMIT);
            ben.publish(text, SECRET, options);
            ben.publish(Topic.of("t", Account.class).contentType("application/json"), new Account(SECRET, 1), options);
            ben.publish(Topic.bytes("t").contentType("application/json"), SECRET.getBytes(StandardCharsets.UTF_8));
            await().atMost(LIMIT).until(() -> !heard.isEmpty());
            await().atMost(LIMIT)
                    .until(() -> events.stream().anyMatch(event -> event instanceof NodeEvent.DecodeFailed));
        }
        assertThat(heard).contains(SECRET);
        assertThat(lines).isNotEmpty().noneMatch(line -> line.contains(SECRET));
        assertThat(events).noneMatch(event -> event.toString().contains(SECRET));
    }
}
