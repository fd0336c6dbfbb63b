package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.stream.StreamListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starting and closing, through the public door. */
@Timeout(60)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NodeLifeTest extends LoopbackNodes {

    @Nested
    class Starting {

        /** N44. */
        @Test
        void leaves_no_file() throws IOException {
            Path here = Path.of("").toAbsolutePath();
            Path ofPlatform = OutsideSettings.ofThisProcess().platformDataHome().resolve("chaski");
            List<Path> before = list(here);
            boolean wasThere = Files.exists(ofPlatform.resolve(cluster));
            start("ana").close();
            assertThat(list(here)).isEqualTo(before);
            assertThat(wasThere).isFalse();
            assertThat(ofPlatform.resolve(cluster)).as("folder of its cluster").doesNotExist();
        }

        private List<Path> list(Path folder) throws IOException {
            try (var files = Files.list(folder)) {
                return files.sorted().toList();
            }
        }

        @Test
        void keeps_the_id_in_a_data_directory(@TempDir Path folder) {
            ChaskiNode first = start(builder("ana").dataDirectory(folder));
            assertThatThrownBy(() -> builder("second").dataDirectory(folder).start())
                    .isInstanceOf(ConfigurationException.class);
            first.close();
            ChaskiNode second = start(builder("ana").dataDirectory(folder));
            assertThat(second.id()).isEqualTo(first.id());
            assertThat(second.epoch()).isGreaterThan(first.epoch());
        }

        @Test
        void behind_an_incarnation_that_others_have_seen_goes_on_above_it(@TempDir Path folder) throws Exception {
            ChaskiNode other = start("other");
            long ahead = System.currentTimeMillis() + Duration.ofDays(1).toMillis();
            NodeId id = new NodeId(1, 2);
            Path before = Files.createDirectory(folder.resolve("before"));
            Files.writeString(before.resolve("node.properties"), "id=" + id + "\nepoch=" + ahead + "\n");
            ChaskiNode first = start(builder("ana").dataDirectory(before));
            get(first.connect(other.addresses().get(0)));
            first.close();

            Path now = folder.resolve("now");
            List<NodeEvent> events = new CopyOnWriteArrayList<>();
            ChaskiNode second = start(builder("ana")
                    .id(id)
                    .dataDirectory(now)
                    .bootstrap(other.addresses().get(0))
                    .onEvent(events::add));

            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(events).contains(new NodeEvent.EpochRaised(ahead + 2)));
            assertThat(second.epoch()).isEqualTo(ahead + 2);
            assertThat(second.snapshot().epoch()).isEqualTo(ahead + 2);
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(Files.readString(now.resolve("node.properties")))
                            .contains("epoch=" + (ahead + 2)));
        }

        @Test
        void on_a_taken_port_fails_and_leaves_nothing(@TempDir Path folder) {
            ChaskiNode ana = start("ana");
            NodeBuilder second =
                    builder("second").listen(ana.addresses().get(0)).dataDirectory(folder);
            assertThatThrownBy(second::start)
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining(ana.addresses().get(0).toString());
            ana.close();
            assertThat(start(second).addresses()).isEqualTo(ana.addresses());
        }

        @Test
        void off_loopback_needs_to_be_said_aloud() {
            assertThatThrownBy(() -> builder("open").listen("0.0.0.0:0").start())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("insecure()");
            ChaskiNode open = start(builder("open").listen("0.0.0.0:0").insecure());
            assertThat(open.addresses()).noneMatch(address -> address.host().equals("0.0.0.0"));
        }

        @Test
        void without_a_name_takes_one_from_the_id() {
            ChaskiNode node = start(ChaskiNode.builder().cluster(cluster).id(new NodeId(0x1234567890abcdefL, 1)));
            assertThat(node.name()).isEqualTo("12345678");
        }

        @Test
        void with_an_environment_of_ones_own_is_refused() {
            Environment system = Environment.system();
            Environment foreign = new Environment() {
                @Override
                public long nanoTime() {
                    return 0;
                }

                @Override
                public long currentTimeMillis() {
                    return 0;
                }

                @Override
                public java.util.random.RandomGenerator newRandom() {
                    return system.newRandom();
                }

                @Override
                public java.util.concurrent.ExecutorService newCallbackExecutor(String nodeName) {
                    return system.newCallbackExecutor(nodeName);
                }
            };
            assertThatThrownBy(() -> builder("ana").environment(foreign).start())
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Closing {

        @Test
        void may_happen_twice_and_from_two_threads() throws Exception {
            ChaskiNode ana = start("ana");
            CompletableFuture<Void> other = CompletableFuture.runAsync(ana::close);
            ana.close();
            get(other);
            assertThat(ana.state()).isEqualTo(NodeSnapshot.State.CLOSED);
            assertThat(ana.awaitClosed(Duration.ofSeconds(1))).isTrue();
        }

        @Test
        void frees_the_port_at_once() {
            ChaskiNode ana = start("ana");
            Address address = ana.addresses().get(0);
            ana.close();
            ChaskiNode again = start(builder("again").listen(address));
            assertThat(again.addresses()).containsExactly(address);
        }

        @Test
        void leaves_a_door_that_shows_and_does_nothing() throws Exception {
            ChaskiNode ana = start("ana");
            Subscription subscription = ana.subscribe(TEXT, message -> {});
            ana.close();
            get(subscription.closed());
            assertThat(ana.snapshot().state()).isEqualTo(NodeSnapshot.State.CLOSED);
            assertThat(ana.snapshot().id()).isEqualTo(ana.id());
            assertThat(ana.name()).isEqualTo("ana");
            assertThat(ana.edges()).isEmpty();
            assertThat(ana.subscriptions()).isEmpty();
            assertThatThrownBy(() -> ana.publish(TEXT, "a")).isInstanceOf(NodeClosedException.class);
            assertThatThrownBy(() -> ana.publishAsync(TEXT, "a")).isInstanceOf(NodeClosedException.class);
            assertThatThrownBy(() -> ana.subscribe(TEXT, message -> {})).isInstanceOf(NodeClosedException.class);
            assertThatThrownBy(() -> ana.connect("127.0.0.1:1")).isInstanceOf(NodeClosedException.class);
            assertThatThrownBy(() -> ana.diagnose(TEXT)).isInstanceOf(NodeClosedException.class);
            assertThatThrownBy(() -> ana.onDatagram((from, payload) -> {})).isInstanceOf(NodeClosedException.class);
            for (int i = 0; i < 2; i++) { // what was refused is not taken to be served
                assertThatThrownBy(() -> ana.streams().serve("echo", stream -> (StreamListener) (same, message) -> {}))
                        .isInstanceOf(NodeClosedException.class);
            }
        }

        @Test
        void flushes_what_was_published() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            List<String> heard = new CopyOnWriteArrayList<>();
            Subscription subscription = ana.subscribe(
                    TEXT,
                    message -> heard.add(message.payload()),
                    SubscribeOptions.builder().capacity(2_000).build());
            Subscription publisher = ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            publisher.awaitPaired(LIMIT);
            for (int i = 0; i < 1_000; i++) {
                ben.publish(TEXT, "m" + i);
            }
            ben.close();
            await().atMost(LIMIT).until(() -> heard.size() == 1_000);
        }

        @Test
        void from_a_callback_does_not_wait_for_itself() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            Subscription subscription = ana.subscribe(TEXT, message -> ana.close());
            ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            await().atMost(LIMIT).until(() -> ben.isPaired(TEXT));
            ben.publish(TEXT, "end");
            assertThat(ana.awaitClosed(LIMIT)).isTrue();
        }

        @Test
        void from_the_event_loop_does_not_wait_either() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            AtomicReference<Throwable> refused = new AtomicReference<>();
            Subscription subscription = ana.subscribe(
                    TEXT,
                    message -> {
                        try {
                            ana.snapshot();
                        } catch (IllegalStateException expected) {
                            refused.set(expected);
                        }
                        ana.close();
                    },
                    SubscribeOptions.builder().dispatch(Dispatch.INLINE).build());
            ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            await().atMost(LIMIT).until(() -> ben.isPaired(TEXT));
            ben.publish(TEXT, "end");
            assertThat(ana.awaitClosed(LIMIT)).isTrue();
            assertThat(refused.get()).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void and_waiting_of_any_kind_is_refused_on_the_loop_of_another_node() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            CompletableFuture<List<Throwable>> refused = new CompletableFuture<>();
            Subscription subscription = ana.subscribe(
                    TEXT,
                    message -> {
                        List<Throwable> all = new ArrayList<>();
                        all.add(catchThrowable(ben::snapshot));
                        all.add(catchThrowable(() -> ben.diagnose(TEXT)));
                        all.add(catchThrowable(ben::awaitClosed));
                        ben.close(); // does not wait
                        refused.complete(all);
                    },
                    SubscribeOptions.builder().dispatch(Dispatch.INLINE).build());
            ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            await().atMost(LIMIT).until(() -> ben.isPaired(TEXT));
            ben.publish(TEXT, "end");
            assertThat(get(refused)).hasSize(3).hasOnlyElementsOfType(IllegalStateException.class);
            assertThat(get(refused)).allMatch(failure -> failure.getMessage().contains("event loop"));
            assertThat(ben.awaitClosed(LIMIT)).isTrue();
        }

        @Test
        void does_not_wait_for_a_handler_that_hangs() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch inside = new CountDownLatch(1);
            Subscription subscription = ana.subscribe(TEXT, message -> {
                inside.countDown();
                try {
                    never.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            });
            ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            await().atMost(LIMIT).until(() -> ben.isPaired(TEXT));
            ben.publish(TEXT, "hang");
            assertThat(inside.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            get(CompletableFuture.runAsync(ana::close));
            assertThat(ana.state()).isEqualTo(NodeSnapshot.State.CLOSED);
        }

        @Test
        void does_not_wait_for_an_executor_that_refuses() throws Exception {
            AtomicBoolean isFull = new AtomicBoolean();
            ChaskiNode ana = start(builder("ana").callbackExecutor(refusingWhile(isFull)));
            Subscription subscription = ana.subscribe(TEXT, message -> {});
            isFull.set(true);
            get(CompletableFuture.runAsync(ana::close));
            assertThat(ana.state()).isEqualTo(NodeSnapshot.State.CLOSED);
            get(subscription.closed());
        }

        @Test
        void from_the_event_loop_needs_no_executor() throws Exception {
            AtomicBoolean isFull = new AtomicBoolean();
            closeInHandler(refusingWhile(isFull), isFull);
        }

        /** Which may have all its threads in callbacks that wait for the end of the node. */
        @Test
        void from_the_event_loop_does_not_wait_for_the_executor() throws Exception {
            AtomicBoolean isBusy = new AtomicBoolean();
            closeInHandler(
                    task -> {
                        if (!isBusy.get()) {
                            task.run();
                        }
                    },
                    isBusy);
        }

        private void closeInHandler(Executor executor, AtomicBoolean isUseless) throws Exception {
            ChaskiNode ana = start(builder("ana").callbackExecutor(executor));
            ChaskiNode ben = startNextTo(ana, "ben");
            Subscription subscription = ana.subscribe(
                    TEXT,
                    message -> {
                        isUseless.set(true);
                        ana.close();
                    },
                    SubscribeOptions.builder().dispatch(Dispatch.INLINE).build());
            ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            await().atMost(LIMIT).until(() -> ben.isPaired(TEXT));
            ben.publish(TEXT, "end");
            await().atMost(LIMIT).until(() -> ana.state() == NodeSnapshot.State.CLOSED);
        }

        private static Executor refusingWhile(AtomicBoolean isFull) {
            return task -> {
                if (isFull.get()) {
                    throw new RejectedExecutionException("full");
                }
                task.run();
            };
        }

        @Test
        void is_heard_by_listeners_though_the_executor_refuses_to_the_end() throws Exception {
            AtomicBoolean isFull = new AtomicBoolean();
            ChaskiNode ana = start(builder("ana").callbackExecutor(refusingWhile(isFull)));
            CompletableFuture<Void> heard = new CompletableFuture<>();
            ana.events().subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(NodeEvent event) {
                    if (event instanceof NodeEvent.Closed) {
                        heard.complete(null);
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    heard.completeExceptionally(failure);
                }

                @Override
                public void onComplete() {}
            });
            isFull.set(true);
            get(CompletableFuture.runAsync(ana::close));
            get(heard);
        }

        @Test
        void on_an_interrupted_thread_frees_the_port_before_it_returns_and_leaves_the_thread_interrupted()
                throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            Subscription subscription = ana.subscribe(TEXT, message -> {});
            ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            int port = ana.addresses().get(0).port();

            boolean isStillInterrupted = get(CompletableFuture.supplyAsync(() -> {
                Thread.currentThread().interrupt();
                ana.close();
                return Thread.interrupted();
            }));
            try (ServerSocket another = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(another.isBound()).isTrue();
            }

            assertThat(isStillInterrupted).isTrue();
            assertThat(ana.state()).isEqualTo(NodeSnapshot.State.CLOSED);
            assertThat(ana.snapshot().topics()).as("the last snapshot").isNotEmpty();
        }

        @Test
        void waits_for_another_thread_that_closes_it_also_when_it_is_interrupted() throws Exception {
            CountDownLatch isClosing = new CountDownLatch(1);
            CountDownLatch isSecondThere = new CountDownLatch(1);
            ChaskiNode ana = start("ana");
            ModuleNode.of(ana).onClosing(() -> {
                isClosing.countDown();
                awaitOrFail(isSecondThere);
            });
            CompletableFuture<Void> first = CompletableFuture.runAsync(ana::close);
            awaitOrFail(isClosing);
            CompletableFuture<NodeSnapshot.State> second = CompletableFuture.supplyAsync(() -> {
                Thread.currentThread().interrupt();
                isSecondThere.countDown();
                ana.close();
                NodeSnapshot.State found = ana.state();
                assertThat(Thread.interrupted()).isTrue();
                return found;
            });

            assertThat(get(second)).isEqualTo(NodeSnapshot.State.CLOSED);
            get(first);
        }

        private void awaitOrFail(CountDownLatch latch) {
            try {
                assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        @Test
        void ends_open_requests() {
            ChaskiNode ana = start("ana");
            CompletableFuture<ProbeResult> probe = ana.probe(Address.tcp("127.0.0.1", 9), Duration.ofMinutes(5));
            ana.close();
            assertThatThrownBy(() -> get(probe)).cause().isInstanceOf(ChaskiException.class);
        }
    }
}
