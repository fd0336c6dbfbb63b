package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.Presence;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecException;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.MessageBody;
import io.chaski.core.security.TrustMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PublicationsTest {

    private static final Topic<String> TEXT = Topic.text("t").hopLimit(9);
    private static final Duration KEPT = Duration.ofSeconds(7);

    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final ManualExecutor executor = new ManualExecutor();
    private final Callbacks callbacks = Callbacks.on(executor, loop::nanoTime);
    private final EventBus bus = new EventBus(callbacks);
    private final HybridClock clock = new HybridClock(() -> 1_000);
    private final LocalTopics topics = new LocalTopics(name -> new LocalTopic(
            name,
            loop,
            new PresenceView(
                    name,
                    new Presence.Member(new NodeId(0, 1), "me"),
                    loop,
                    callbacks,
                    bus,
                    clock,
                    new Random(1),
                    (protocol, topic, body, nowNanos) -> {})));
    private final Publications publications = new Publications(
            "me",
            loop,
            callbacks,
            topics,
            CodecRegistry.BUILT_IN,
            clock,
            100,
            10_000,
            KEPT,
            Duration.ofSeconds(30).toNanos(),
            new OpenAccess(),
            new LiveSecurity(TrustMode.INSECURE, Optional.empty(), () -> Instant.EPOCH));

    private Receipt publish(String text) {
        return publications.publish(TEXT, text, PublishOptions.NONE);
    }

    private static PublishOutcome accepted(long sequence, int sent, int offered) {
        return new PublishOutcome(1, sequence, sent, offered, PublishOutcome.Status.ACCEPTED);
    }

    @Nested
    class A_message {

        @Test
        void leaves_with_all_that_was_said_about_it() {
            publications.publish(
                    TEXT,
                    "hello",
                    PublishOptions.builder()
                            .key("k")
                            .header("a", "1")
                            .hopLimit(3)
                            .build());
            FakeNodeLoop.Published published = loop.published.get(0);
            assertThat(published.topic()).isEqualTo("t");
            assertThat(published.channel()).isEqualTo(Source.MESSAGES);
            assertThat(published.hopLimit()).isEqualTo(3);
            MessageBody body = MessageBody.decode(published.body());
            assertThat(body.contentType()).isEqualTo("text/plain");
            assertThat(body.label().text()).isEqualTo("me");
            assertThat(body.key()).isEqualTo("k");
            assertThat(body.headers()).containsEntry("a", "1");
            assertThat(body.payload().toByteArray())
                    .isEqualTo("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        @Test
        void of_bytes_leaves_the_array_to_its_publisher_who_may_change_it_at_once() {
            byte[] array = {1, 2, 3};
            publications.publish(Topic.bytes("b"), array, PublishOptions.NONE);
            array[0] = 9;
            assertThat(MessageBody.decode(loop.published.get(0).body())
                            .payload()
                            .toByteArray())
                    .containsExactly(1, 2, 3);
        }

        @Test
        void takes_the_hop_limit_of_its_topic() {
            publish("a");
            assertThat(loop.published.get(0).hopLimit()).isEqualTo(9);
        }

        @Test
        void carries_times_that_grow() {
            publish("a");
            publish("b");
            assertThat(MessageBody.decode(loop.published.get(1).body()).timestamp())
                    .isGreaterThan(
                            MessageBody.decode(loop.published.get(0).body()).timestamp());
        }

        @Test
        void that_need_not_wait_costs_no_look_at_the_clock() {
            int before = loop.looksAtTheClock;
            publish("a");
            publications.publish(TEXT, "b", PublishOptions.builder().live().build());
            assertThat(loop.published).hasSize(2);
            assertThat(loop.looksAtTheClock).isEqualTo(before);
        }

        @Test
        void that_cannot_be_encoded_is_the_callers_to_know() {
            assertThatThrownBy(() -> publish("\ud83d")).isInstanceOf(CodecException.class);
            assertThatThrownBy(() -> publications.publish(TEXT.contentType("text/x-other"), "a", PublishOptions.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("text/x-other");
            assertThatThrownBy(() -> publications.publish(
                            TEXT,
                            "a",
                            PublishOptions.builder().key("k".repeat(256)).build()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(loop.published).isEmpty();
        }
    }

    @Nested
    class A_receipt {

        @Test
        void says_that_nobody_is_there_and_how_long_it_is_kept() {
            assertThat(publish("a")).isEqualTo(new Receipt(Receipt.Status.KEPT, 0, 0, KEPT));
        }

        @Test
        void says_how_many_neighbours_the_last_publish_met() {
            loop.outcomes.add(accepted(1, 2, 1));
            publish("a");
            assertThat(publish("b")).isEqualTo(new Receipt(Receipt.Status.ACCEPTED, 0, 3, KEPT));
        }

        @Test
        void says_when_the_payload_is_too_large() {
            assertThat(publish("x".repeat(100)).isRejected()).isFalse();
            assertThat(publish("x".repeat(101))).isEqualTo(Receipt.rejected(Receipt.Status.TOO_LARGE));
            assertThat(loop.published).hasSize(1);
        }

        @Test
        void says_when_the_queue_stayed_full_for_the_patience() {
            loop.isFull = true;
            long before = loop.nanoTime();
            assertThat(publish("a")).isEqualTo(Receipt.rejected(Receipt.Status.QUEUE_FULL));
            assertThat(loop.nanoTime() - before)
                    .isEqualTo(Duration.ofSeconds(30).toNanos());
        }

        @Test
        void says_when_the_wait_was_interrupted_and_keeps_the_interrupt() {
            loop.isFull = true;
            Thread.currentThread().interrupt();
            assertThat(publish("a")).isEqualTo(Receipt.rejected(Receipt.Status.INTERRUPTED));
            assertThat(Thread.interrupted()).isTrue();
        }

        @Test
        void is_given_at_once_on_the_loop() {
            loop.isFull = true;
            loop.inLoop((protocol, nowNanos) -> {
                assertThat(publish("a")).isEqualTo(Receipt.rejected(Receipt.Status.QUEUE_FULL));
                assertThat(loop.nanoTime()).isEqualTo(nowNanos);
            });
        }
    }

    @Nested
    class While_subscribers_take_no_more {

        private final LocalTopic local = topics.published("t");

        private Receipt publish(PublishOptions.Builder options) {
            return publications.publish(TEXT, "a", options.build());
        }

        private void block() {
            local.onPublishing(false);
        }

        @Test
        void a_publisher_waits_for_its_patience() {
            block();
            long before = loop.nanoTime();
            assertThat(publish(PublishOptions.builder().patience(Duration.ofSeconds(3))))
                    .isEqualTo(Receipt.rejected(Receipt.Status.NO_CREDIT));
            assertThat(loop.nanoTime() - before).isEqualTo(Duration.ofSeconds(3).toNanos());
            assertThat(loop.published).isEmpty();
        }

        @Test
        void one_without_patience_does_not_wait() {
            block();
            long before = loop.nanoTime();
            assertThat(publish(PublishOptions.builder().patience(Duration.ZERO)))
                    .isEqualTo(Receipt.rejected(Receipt.Status.NO_CREDIT));
            assertThat(loop.nanoTime()).isEqualTo(before);
        }

        @Test
        void one_on_the_loop_is_refused_at_once() {
            block();
            loop.inLoop((protocol, nowNanos) -> {
                assertThat(publish(PublishOptions.builder())).isEqualTo(Receipt.rejected(Receipt.Status.NO_CREDIT));
                assertThat(loop.nanoTime()).isEqualTo(nowNanos);
            });
        }

        @Test
        void their_topic_is_not_forgotten_whatever_else_is_published() {
            block();
            for (int i = 0; i < 10_001; i++) {
                publications.publish(Topic.text("t" + i), "a", PublishOptions.NONE);
            }
            assertThat(topics.find("t")).isSameAs(local);
        }

        @Test
        void one_that_waits_hears_of_the_end() {
            block();
            loop.execute((protocol, nowNanos) -> {
                publications.close();
                loop.isClosed = true;
                local.onPublishing(true);
            });
            assertThatThrownBy(() -> publish(PublishOptions.builder())).isInstanceOf(NodeClosedException.class);
        }

        @Test
        void a_live_one_goes_on() {
            block();
            assertThat(publish(PublishOptions.builder().live()).isRejected()).isFalse();
            assertThat(loop.published).hasSize(1);
        }

        @Test
        void one_that_waits_goes_on_when_they_do() {
            block();
            loop.execute((protocol, nowNanos) -> local.onPublishing(true));
            assertThat(publish(PublishOptions.builder()).isRejected()).isFalse();
            assertThat(loop.published).hasSize(1);
        }

        @Test
        void a_callback_that_waits_is_counted_each_time_and_logged_once() {
            Logger logger = (Logger) LoggerFactory.getLogger(Publications.class);
            ListAppender<ILoggingEvent> log = new ListAppender<>();
            log.start();
            logger.setLevel(Level.WARN);
            logger.addAppender(log);
            try {
                block();
                publish(PublishOptions.builder());
                assertThat(publications.waitsInCallbacks()).isZero();
                for (int i = 0; i < 3; i++) {
                    callbacks.execute(() -> publish(PublishOptions.builder()));
                }
                callbacks.execute(() -> publish(PublishOptions.builder().patience(Duration.ZERO)));
                executor.runAll();
                assertThat(publications.waitsInCallbacks()).isEqualTo(3);
                assertThat(log.list)
                        .extracting(ILoggingEvent::getFormattedMessage)
                        .singleElement(InstanceOfAssertFactories.STRING)
                        .contains("node me", "subscribers of t ");
            } finally {
                logger.detachAppender(log);
                logger.setLevel(null);
            }
        }

        @Test
        void an_interrupt_ends_the_wait_and_is_kept() {
            block();
            Thread.currentThread().interrupt();
            assertThat(publish(PublishOptions.builder())).isEqualTo(Receipt.rejected(Receipt.Status.INTERRUPTED));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Nested
    class A_receipt_that_comes_later {

        private CompletableFuture<Receipt> publishAsync(String text) {
            return publications.publishAsync(TEXT, text, PublishOptions.NONE);
        }

        @Test
        void is_exact_and_comes_on_a_callback() {
            loop.outcomes.add(accepted(7, 2, 1));
            CompletableFuture<Receipt> receipt = publishAsync("a");
            assertThat(receipt).isNotDone();
            executor.runAll();
            assertThat(receipt).isCompletedWithValue(new Receipt(Receipt.Status.ACCEPTED, 7, 3, KEPT));
        }

        @Test
        void says_that_a_message_is_kept() {
            loop.outcomes.add(new PublishOutcome(1, 8, 0, 0, PublishOutcome.Status.KEPT));
            CompletableFuture<Receipt> receipt = publishAsync("a");
            executor.runAll();
            assertThat(receipt).isCompletedWithValue(new Receipt(Receipt.Status.KEPT, 8, 0, KEPT));
        }

        @Test
        void says_that_nobody_is_there_and_nothing_was_kept() {
            loop.outcomes.add(new PublishOutcome(1, 8, 0, 0, PublishOutcome.Status.NOT_KEPT));
            CompletableFuture<Receipt> receipt = publishAsync("a");
            executor.runAll();
            assertThat(receipt).isCompletedWithValue(Receipt.rejected(Receipt.Status.NOT_KEPT));
        }

        @Test
        void is_an_error_when_the_protocol_failed() {
            loop.outcomes.add(PublishOutcome.FAILED);
            CompletableFuture<Receipt> receipt = publishAsync("a");
            executor.runAll();
            assertThat(receipt)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .withMessageContaining("log");
        }

        @Test
        void is_a_rejection_at_once_when_there_is_no_room() {
            loop.isFull = true;
            assertThat(publishAsync("a")).isCompletedWithValue(Receipt.rejected(Receipt.Status.QUEUE_FULL));
            assertThat(publishAsync("x".repeat(101))).isCompletedWithValue(Receipt.rejected(Receipt.Status.TOO_LARGE));
        }
    }

    @Nested
    class Whoever_does_not_wait_on_a_thread {

        private final LocalTopic local = topics.published("t");
        private final PublishOptions atOnce =
                PublishOptions.builder().patience(Duration.ZERO).build();

        private CompletableFuture<Boolean> publishable(PublishOptions options) {
            return publications.publishable(TEXT, options);
        }

        private void runAll() {
            loop.run();
            executor.runAll();
        }

        @Test
        void is_refused_at_once_without_patience_when_subscribers_take_no_more() {
            local.onPublishing(false);
            assertThat(publications.publishAsync(TEXT, "a", atOnce))
                    .isCompletedWithValue(Receipt.rejected(Receipt.Status.NO_CREDIT));
            assertThat(loop.published).isEmpty();
            assertThat(publications.publishAsync(TEXT, "a", PublishOptions.NONE))
                    .isNotDone();
            assertThat(loop.published).hasSize(1);
        }

        @Test
        void can_be_refused_later_only_if_they_took_no_more_already() {
            assertThat(publications.publishAsync(TEXT, "a", PublishOptions.NONE))
                    .isNotDone();
            assertThat(publications.publishAsync(TEXT, "a", atOnce)).isNotDone();
            local.onPublishing(false);
            assertThat(publications.publishAsync(TEXT, "a", PublishOptions.NONE))
                    .isNotDone();
            assertThat(loop.published)
                    .extracting(published -> published.done() instanceof HeldPublishes.Accepted)
                    .containsExactly(true, true, false);
        }

        @Test
        void hears_when_what_was_queued_before_has_left() {
            CompletableFuture<Boolean> publishable = publishable(PublishOptions.NONE);
            executor.runAll();
            assertThat(publishable).isNotDone();
            runAll();
            assertThat(publishable).isCompletedWithValue(true);
        }

        @Test
        void hears_when_subscribers_take_more() {
            local.onPublishing(false);
            CompletableFuture<Boolean> publishable = publishable(PublishOptions.NONE);
            runAll();
            assertThat(publishable).isNotDone();
            loop.inLoop((protocol, nowNanos) -> local.onPublishing(true));
            runAll();
            assertThat(publishable).isCompletedWithValue(true);
            assertThat(loop.timers())
                    .as("nothing waits for the end of the patience")
                    .isZero();
        }

        @Test
        void is_as_patient_on_an_event_loop_because_nobody_waits_there() {
            local.onPublishing(false);
            List<CompletableFuture<Boolean>> asked = new ArrayList<>();
            loop.inLoop((protocol, nowNanos) -> asked.add(publishable(PublishOptions.NONE)));
            loop.advance(Duration.ofSeconds(29));
            executor.runAll();
            assertThat(asked.get(0)).isNotDone();
        }

        @Test
        void hears_when_the_patience_is_over() {
            local.onPublishing(false);
            CompletableFuture<Boolean> usual = publishable(PublishOptions.NONE);
            CompletableFuture<Boolean> brief = publishable(
                    PublishOptions.builder().patience(Duration.ofSeconds(2)).build());
            loop.advance(Duration.ofSeconds(2));
            executor.runAll();
            assertThat(brief).isCompletedWithValue(false);
            assertThat(usual).isNotDone();
            loop.advance(Duration.ofSeconds(28));
            executor.runAll();
            assertThat(usual).isCompletedWithValue(false);
        }

        @Test
        void waits_for_no_credit_to_publish_live() {
            local.onPublishing(false);
            CompletableFuture<Boolean> publishable =
                    publishable(PublishOptions.builder().live().build());
            runAll();
            assertThat(publishable).isCompletedWithValue(true);
        }

        @Test
        void hears_of_the_end_at_the_call() {
            loop.isClosed = true;
            assertThatThrownBy(() -> publishable(PublishOptions.NONE)).isInstanceOf(NodeClosedException.class);
        }
    }

    @Test
    void nothing_is_published_after_the_end() {
        publications.close();
        assertThatThrownBy(() -> publish("a")).isInstanceOf(NodeClosedException.class);
        assertThatThrownBy(() -> publications.publishAsync(TEXT, "a", PublishOptions.NONE))
                .isInstanceOf(NodeClosedException.class);
    }

    @Test
    void topics_that_are_only_published_on_are_forgotten_beyond_ten_thousand() {
        for (int i = 0; i < 10_001; i++) {
            publications.publish(Topic.text("t" + i), "a", PublishOptions.NONE);
        }
        assertThat(topics.all()).hasSize(1);
    }
}
