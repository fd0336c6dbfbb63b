package io.chaski.streamer;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.FetchResult.Answer;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Layout;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storages that are shared between three nodes on loopback, each connected with the others. */
@ChaskiTest(
        nodes = {"a", "b", "c"},
        topology = Layout.MESH,
        time = TimeMode.LOOPBACK)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PeerStorageIT {

    private static final Duration LIMIT = ofSeconds(30);
    private static final StoragePolicy EVERYTHING = (asker, key, access) -> true;
    private static final int FIVE_MB = 5_000_000;

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private final ManualClock clock = new ManualClock();
    private ChaskiNetwork net;
    private ChaskiNode a;
    private ChaskiNode b;
    private ChaskiNode c;
    private Storage ofB;
    private Storage ofC;

    @BeforeEach
    void open(
            ChaskiNetwork network,
            @Node("a") ChaskiNode first,
            @Node("b") ChaskiNode second,
            @Node("c") ChaskiNode third) {
        net = network;
        a = first;
        b = second;
        c = third;
        ofB = open("b.db");
        ofC = open("c.db");
        net.await(
                "everybody is connected",
                () -> net.nodes().stream().allMatch(node -> node.edges().size() == 2),
                LIMIT);
    }

    @AfterEach
    void close() {
        ofB.close();
        ofC.close();
    }

    private Storage open(String name) {
        return Storage.open(
                folder.resolve(name),
                StorageOptions.builder().environment(clock).freeSpaceFloor(0).build());
    }

    private FetchResult fetch(String key, FetchOptions.Builder options) {
        return net.await(
                PeerStorage.on(a).fetch(key, options.deadline(ofSeconds(20)).build()), LIMIT);
    }

    private FetchResult fetch(String key) {
        return fetch(key, FetchOptions.builder());
    }

    private static FetchOptions.Builder taking() {
        return FetchOptions.builder().take();
    }

    @Nested
    class A_copy {

        @Test
        void comes_from_the_node_that_has_it_and_stays_there() {
            ofB.serve(b, EVERYTHING);
            ofC.serve(c, EVERYTHING);
            ofC.put("k", "value", ofSeconds(100));
            clock.advance(ofSeconds(40));

            FetchResult result = fetch("k");

            assertThat(result.answer()).isEqualTo(Answer.FOUND);
            assertThat(result.owner()).contains(c.id());
            assertThat(result.entry().orElseThrow().as(String.class)).isEqualTo("value");
            assertThat(result.entry().orElseThrow().timeToLive()).isEqualTo(ofSeconds(60));
            assertThat(ofC.get("k", String.class)).contains("value");
        }

        @Test
        void of_5_MB_comes_from_the_third_node() {
            byte[] large = new byte[FIVE_MB];
            new Random(1).nextBytes(large);
            ofC.put("large", large, Storage.FOREVER);
            ofB.serve(b, EVERYTHING);
            ofC.serve(c, EVERYTHING);

            FetchResult result = fetch("large");

            assertThat(result.owner()).contains(c.id());
            StorageEntry entry = result.entry().orElseThrow();
            assertThat(Arrays.equals(entry.bytes(), large)).isTrue();
            assertThat(entry.timeToLive()).isEqualTo(Storage.FOREVER);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 65_536, 65_537, 262_144, 262_145})
        void may_have_any_size(int size) {
            byte[] value = new byte[size];
            new Random(size).nextBytes(value);
            ofB.put("k", value);
            ofB.serve(b, EVERYTHING);

            assertThat(fetch("k").entry().orElseThrow().bytes()).isEqualTo(value);
            assertThat(fetch("k", taking()).entry().orElseThrow().bytes()).isEqualTo(value);
            assertThat(ofB.exists("k")).isFalse();
        }

        @Test
        void can_be_kept_with_what_it_has_still_to_live() {
            record Reading(String sensor, double celsius) {}
            ofB.put("k", new Reading("mill", 21.5), ofSeconds(100));
            ofB.serve(b, EVERYTHING);

            ofC.keep("copy", fetch("k").entry().orElseThrow());

            assertThat(ofC.get("copy", Reading.class)).contains(new Reading("mill", 21.5));
            clock.advance(ofSeconds(100));
            assertThat(ofC.exists("copy")).isFalse();
        }

        @Test
        void that_is_larger_than_the_asker_accepts_is_not_sent() {
            ofB.put("k", new byte[11]);
            ofB.serve(b, EVERYTHING);

            assertThat(fetch("k", FetchOptions.builder().maxBytes(10)).answer()).isEqualTo(Answer.TOO_LARGE);
            assertThat(fetch("k", FetchOptions.builder().maxBytes(11)).answer()).isEqualTo(Answer.FOUND);
        }
    }

    @Nested
    class Without_an_entry {

        @Test
        void nobody_having_it_is_not_found() {
            ofB.serve(b, EVERYTHING);
            ofC.serve(c, EVERYTHING);
            ofC.put("k", "v", ofSeconds(1));
            clock.advance(ofSeconds(1));

            assertThat(fetch("k").answer()).isEqualTo(Answer.NOT_FOUND);
            assertThat(fetch("k").answers()).isEqualTo(Map.of(b.id(), Answer.NOT_FOUND, c.id(), Answer.NOT_FOUND));
        }

        @Test
        void nobody_sharing_is_not_served() {
            assertThat(fetch("k").answer()).isEqualTo(Answer.NOT_SERVED);
        }

        @Test
        void a_refusal_is_told_whether_there_is_something_or_not() {
            ofB.put("k", "v");
            ofB.serve(b, StoragePolicy.NOBODY);

            assertThat(fetch("k").answer()).isEqualTo(Answer.REFUSED);
            assertThat(fetch("nothing").answer()).isEqualTo(Answer.REFUSED);
        }

        @Test
        void a_node_that_cannot_be_reached_is_told() {
            NodeId nobody = new NodeId(1, 2);

            FetchResult result = fetch("k", FetchOptions.builder().from(nobody));

            assertThat(result.answer()).isEqualTo(Answer.UNREACHABLE);
            assertThat(result.answers()).isEqualTo(Map.of(nobody, Answer.UNREACHABLE));
        }

        @Test
        void a_node_with_no_edge_has_nobody_to_ask() {
            try (ChaskiNode alone = ChaskiNode.builder().cluster("alone").start()) {
                FetchResult result = PeerStorage.on(alone).fetch("k").join();

                assertThat(result).isEqualTo(FetchResult.without(Map.of()));
                assertThat(result.answer()).isEqualTo(Answer.UNREACHABLE);
            }
        }

        @Test
        void a_silent_node_is_unreachable_at_the_deadline() {
            b.streams().serve("chaski/storage/1", stream -> (same, message) -> {});

            FetchResult result = net.await(
                    PeerStorage.on(a)
                            .fetch(
                                    "k",
                                    FetchOptions.builder()
                                            .deadline(ofMillis(300))
                                            .build()),
                    LIMIT);

            assertThat(result.answers()).containsEntry(b.id(), Answer.UNREACHABLE);
        }

        @Test
        void the_named_node_alone_is_asked() {
            ofB.serve(b, EVERYTHING);
            ofC.serve(c, EVERYTHING);
            ofC.put("k", "v");

            FetchResult result = fetch("k", FetchOptions.builder().from(b.id()));

            assertThat(result.answers()).isEqualTo(Map.of(b.id(), Answer.NOT_FOUND));
        }
    }

    @Nested
    class The_policy {

        @Test
        void decides_by_node_key_and_access() {
            List<String> asked = new ArrayList<>();
            ofB.put("mine", "v");
            ofB.put("yours", "v");
            ofB.serve(b, (asker, key, access) -> {
                asked.add(asker + " " + key + " " + access);
                return key.equals("yours") && access == StoragePolicy.Access.COPY;
            });

            assertThat(fetch("yours").answer()).isEqualTo(Answer.FOUND);
            assertThat(fetch("mine").answer()).isEqualTo(Answer.REFUSED);
            assertThat(fetch("yours", taking()).answer()).isEqualTo(Answer.REFUSED);
            assertThat(asked).containsExactly(a.id() + " yours COPY", a.id() + " mine COPY", a.id() + " yours TAKE");
            assertThat(ofB.keys()).containsExactly("mine", "yours");
        }

        @Test
        void that_fails_refuses() {
            ofB.put("k", "v");
            ofB.serve(b, (asker, key, access) -> {
                throw new IllegalStateException("a bug");
            });

            assertThat(fetch("k").answer()).isEqualTo(Answer.REFUSED);
        }

        @Test
        void of_copies_lets_nobody_take() {
            ofB.put("k", "v");
            ofB.serve(b, StoragePolicy.COPIES_FOR_ALL);

            assertThat(fetch("k").answer()).isEqualTo(Answer.FOUND);
            assertThat(fetch("k", taking()).answer()).isEqualTo(Answer.REFUSED);
        }
    }

    @Nested
    class What_is_taken {

        @Test
        void is_removed_at_the_owner_also_after_a_restart() {
            ofB.put("k", "v");
            ofB.serve(b, EVERYTHING);

            FetchResult result = fetch("k", taking());

            assertThat(result.entry().orElseThrow().as(String.class)).isEqualTo("v");
            assertThat(fetch("k", taking()).answer()).isEqualTo(Answer.NOT_FOUND);
            ofB.close();
            ofB = open("b.db");
            assertThat(ofB.keys()).isEmpty();
        }

        @Test
        void goes_to_exactly_one_of_many_askers() {
            ofC.serve(c, EVERYTHING);
            for (int round = 0; round < 10; round++) {
                ofC.put("k", new byte[100_000]);
                List<CompletableFuture<FetchResult>> fetches = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    fetches.add(
                            PeerStorage.on(a).fetch("k", taking().from(c.id()).build()));
                    fetches.add(
                            PeerStorage.on(b).fetch("k", taking().from(c.id()).build()));
                }

                List<Answer> answers = fetches.stream()
                        .map(fetch -> net.await(fetch, LIMIT).answer())
                        .toList();

                assertThat(answers).containsOnlyOnce(Answer.FOUND).containsOnly(Answer.FOUND, Answer.NOT_FOUND);
            }
        }

        @Test
        void stays_with_the_owner_if_the_asker_goes_away() {
            ofB.put("k", new byte[FIVE_MB]);
            ofB.serve(b, EVERYTHING);

            CompletableFuture<FetchResult> fetch = PeerStorage.on(a).fetch("k", taking().build());
            fetch.cancel(true);

            assertThat(fetch("k", taking()).answer()).isEqualTo(Answer.FOUND);
        }

        @Test
        void stays_with_the_owner_if_the_future_is_completed_by_somebody_else() {
            CompletableFuture<Stream> asked = new CompletableFuture<>();
            b.streams().serve("chaski/storage/1", stream -> {
                stream.offer(offerOf(1));
                return (same, message) -> asked.complete(same);
            });

            CompletableFuture<FetchResult> fetch = PeerStorage.on(a)
                    .fetch("k", taking().from(b.id()).deadline(ofMinutes(10)).build());
            Stream atOwner = net.await(asked, LIMIT);
            fetch.orTimeout(1, TimeUnit.MILLISECONDS);

            assertThat(atOwner.closed())
                    .failsWithin(LIMIT)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("cancelled");
            assertThat(fetch)
                    .failsWithin(LIMIT)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(TimeoutException.class);
        }

        @Test
        void is_uncertain_if_the_last_word_is_lost() {
            b.streams().serve("chaski/storage/1", stream -> {
                stream.offer(offerOf(1));
                return new StreamListener() {
                    @Override
                    public void onMessage(Stream same, byte[] message) {
                        if (message[0] == 1) {
                            same.offer(new byte[1]);
                        } else {
                            same.cancel();
                        }
                    }
                };
            });

            FetchResult result = fetch("k", taking().from(b.id()));

            assertThat(result.answer()).isEqualTo(Answer.UNCERTAIN);
            assertThat(result.entry()).isEmpty();
        }

        @Test
        void is_not_removed_if_it_was_replaced_meanwhile() {
            ofB.put("k", "old");
            ofB.serve(b, (asker, key, access) -> true);
            CompletableFuture<Void> isReplaced = new CompletableFuture<>();
            a.streams()
                    .open(b.id(), "chaski/storage/1", takeOf("k"), (stream, message) -> {
                        if (message.length == 3) {
                            ofB.put("k", "new");
                            stream.offer(new byte[] {2});
                        } else if (message.length == 1) {
                            isReplaced.complete(null);
                            assertThat(message).containsExactly(4);
                        } else {
                            stream.offer(new byte[] {1});
                        }
                    })
                    .join();
            net.await(isReplaced, LIMIT);

            assertThat(ofB.get("k", String.class)).contains("new");
        }
    }

    private static byte[] offerOf(int lengthBytes) {
        return ByteBuffer.allocate(15)
                .putInt(lengthBytes)
                .putLong(1_000)
                .put("x/y".getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    private static StreamOptions takeOf(String key) {
        return StreamOptions.builder()
                .header("key", key)
                .header("take", "")
                .deadline(ofSeconds(20))
                .build();
    }

    @Nested
    class Peers_that_misbehave {

        @ParameterizedTest
        @ValueSource(strings = {"EMPTY_PIECE", "TOO_MUCH", "TOO_SHORT", "NO_OFFER", "NEGATIVE"})
        void are_unreachable_and_the_next_is_asked(String mistake) {
            CountDownLatch isDue = new CountDownLatch(2); // b fails when it is asked alone, and before c answers
            b.streams().serve("chaski/storage/1", stream -> {
                var unused = stream.closed().whenComplete((done, failure) -> isDue.countDown());
                stream.offer(
                        switch (mistake) {
                            case "NO_OFFER" -> new byte[5];
                            case "NEGATIVE" -> offerOf(-1);
                            default -> offerOf(10);
                        });
                return (same, message) -> {
                    switch (mistake) {
                        case "EMPTY_PIECE" -> same.offer(new byte[0]);
                        case "TOO_MUCH" -> same.offer(new byte[11]);
                        default -> same.offer(new byte[9]);
                    }
                    same.end();
                };
            });
            assertThat(fetch("k", FetchOptions.builder().from(b.id())).answer()).isEqualTo(Answer.UNREACHABLE);

            ofC.put("k", "v");
            ofC.serve(c, (asker, key, access) -> isOver(isDue));
            FetchResult result = fetch("k");
            assertThat(result.owner()).contains(c.id());
            assertThat(result.answers()).containsEntry(b.id(), Answer.UNREACHABLE);
        }

        private static boolean isOver(CountDownLatch latch) {
            try {
                return latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Test
        void and_offer_what_they_do_not_send_make_room_for_the_next() {
            CountDownLatch isSilent = new CountDownLatch(1);
            b.streams().serve("chaski/storage/1", stream -> {
                stream.offer(offerOf(10));
                return (same, message) -> isSilent.countDown();
            });
            ofC.put("k", "v");
            ofC.serve(c, (asker, key, access) -> isOver(isSilent));

            FetchOptions options =
                    FetchOptions.builder().take().deadline(ofSeconds(9)).build();
            FetchResult result = net.await(PeerStorage.on(a).fetch("k", options), LIMIT);

            assertThat(result.owner()).contains(c.id());
            assertThat(result.answers()).containsEntry(b.id(), Answer.UNREACHABLE);
            assertThat(ofC.keys()).isEmpty();
        }

        @Test
        void and_offer_more_than_a_heap_holds_are_too_large() {
            b.streams().serve("chaski/storage/1", stream -> {
                stream.offer(offerOf(Integer.MAX_VALUE));
                return (same, message) -> same.cancel();
            });

            FetchOptions.Builder most =
                    FetchOptions.builder().from(b.id()).maxBytes(StorageOptions.LARGEST_VALUE_BYTES);
            assertThat(fetch("k", most).answer()).isEqualTo(Answer.TOO_LARGE);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1_025, 4_000})
        void and_ask_for_what_can_be_no_key_find_nothing(int length) {
            ofB.serve(b, EVERYTHING);
            StreamOptions question = StreamOptions.builder()
                    .header("key", "x".repeat(length))
                    .deadline(ofSeconds(20))
                    .build();
            CompletableFuture<byte[]> answer = new CompletableFuture<>();

            a.streams()
                    .open(b.id(), "chaski/storage/1", question, (stream, message) -> answer.complete(message))
                    .join();

            assertThat(net.await(answer, LIMIT)).isEmpty();
        }

        @Test
        void and_ask_without_a_deadline_are_refused() {
            ofB.put("k", "v");
            ofB.serve(b, EVERYTHING);

            assertThatThrownBy(() -> a.streams()
                            .open(
                                    b.id(),
                                    "chaski/storage/1",
                                    StreamOptions.builder().header("key", "k").build(),
                                    (stream, message) -> {})
                            .join()
                            .closed()
                            .join())
                    .hasMessageContaining("deadline");
        }

        @Test
        void and_hold_answers_keep_only_themselves_out_until_they_end() {
            ofB.put("k", "v");
            ofB.serve(b, EVERYTHING);
            List<Stream> held = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                CompletableFuture<Void> isOffered = new CompletableFuture<>();
                held.add(a.streams()
                        .open(b.id(), "chaski/storage/1", takeOf("k"), (stream, message) -> isOffered.complete(null))
                        .join());
                net.await(isOffered, LIMIT);
            }

            assertThat(fetch("k", FetchOptions.builder().from(b.id())).answer()).isEqualTo(Answer.UNREACHABLE);
            FetchOptions fromB = FetchOptions.builder().from(b.id()).build();
            assertThat(net.await(PeerStorage.on(c).fetch("k", fromB), LIMIT).answer())
                    .isEqualTo(Answer.FOUND);
            held.forEach(Stream::cancel);
            net.await("the answers are free", () -> fetch("k").answer() == Answer.FOUND, LIMIT);
        }
    }

    @Nested
    class Serving {

        @Test
        void is_one_storage_a_node_and_ends_with_its_registration() {
            Registration first = ofB.serve(b, EVERYTHING);
            assertThatIllegalStateException().isThrownBy(() -> ofC.serve(b, EVERYTHING));

            first.close();
            assertThat(fetch("k", FetchOptions.builder().from(b.id())).answer()).isEqualTo(Answer.NOT_SERVED);
            ofC.serve(b, EVERYTHING);
        }

        @Test
        void a_closed_storage_is_no_answer() {
            ofB.serve(b, EVERYTHING);
            ofB.close();

            assertThat(fetch("k", FetchOptions.builder().from(b.id())).answer()).isEqualTo(Answer.UNREACHABLE);
        }

        @Test
        void and_asking_end_with_the_node() {
            a.close();

            assertThatThrownBy(() -> PeerStorage.on(a)
                            .fetch("k", FetchOptions.builder().from(b.id()).build()))
                    .isInstanceOf(NodeClosedException.class);
        }

        @Test
        void needs_a_key_that_can_be_one() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PeerStorage.on(a).fetch(""));
        }
    }
}
