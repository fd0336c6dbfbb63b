package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.core.PublishOptions;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.stream.Stream;
import io.chaski.streamer.Acknowledgement;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.testkit.ChaskiNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Nodes that announce themselves as keepers and then say nothing, in virtual time. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SilentKeepersTest {

    private static final Topic<String> ROOM = Topic.text("room");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** More than a deadline has tenths. */
    private static final int MANY = 20;

    private static final Source SOMEBODY = new Source(new NodeId(7, 7), 1);

    private final ChaskiNetwork net =
            ChaskiNetwork.builder().nodes(names()).seed(5).start();
    private final MemoryTopicStore store = new MemoryTopicStore(1, 1_000);
    private final List<FalseKeeper> silent = new ArrayList<>();

    private static String[] names() {
        List<String> names = new ArrayList<>(List.of("k", "p"));
        for (int i = 1; i <= MANY; i++) {
            names.add("s" + i);
        }
        return names.toArray(String[]::new);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private void fallSilent(int keepers, DurableNode knownBy) {
        for (int i = 1; i <= keepers; i++) {
            silent.add(FalseKeeper.of("room", net.node("s" + i), List.of()));
        }
        net.await("they are believed", () -> knownBy.keepers("room").size() == keepers, SOON);
    }

    private DurableNode keep(DurableNode knownBy) {
        DurableNode keeping = DurableNode.on(net.node("k"));
        keeping.keep(ROOM, store);
        net.await(
                "it is known",
                () -> knownBy.keepers("room").contains(net.node("k").id()),
                SOON);
        return keeping;
    }

    private List<Stream> linesOf(String node) {
        return silent.stream()
                .flatMap(each -> each.lines.stream())
                .filter(line -> line.peer().equals(net.node(node).id()))
                .toList();
    }

    private void append(long sequence) {
        byte[] body = ModuleNode.of(net.node("p"))
                .messages()
                .encode(ROOM, "m" + sequence, PublishOptions.NONE)
                .orElseThrow()
                .body();
        store.append(KeptMessage.of(SOMEBODY, sequence, new HybridTimestamp(sequence, 0), body))
                .join();
    }

    @Test
    void do_not_keep_a_message_from_being_kept_by_another_one() {
        DurableNode publishing = DurableNode.on(net.node("p"));
        fallSilent(8, publishing);
        keep(publishing);

        DurablePublisher publisher = DurablePublisher.on(publishing, ROOM);
        Acknowledgement answer = net.await(publisher.publish(ROOM, "x", PublishOptions.NONE, 1, DEADLINE), SOON);

        assertThat(answer.isKept()).isTrue();
        assertThat(answer.keptBy()).containsExactly(net.node("k").id());
        publisher.close();
        net.advance(Duration.ofSeconds(1));
        assertThat(linesOf("p")).hasSize(8).allMatch(line -> line.closed().isDone());
    }

    @Test
    void do_not_keep_a_page_of_the_history_from_being_read() {
        append(1);
        DurableNode reading = DurableNode.on(net.node("p"));
        fallSilent(8, reading);
        keep(reading);

        CompletableFuture<List<HistoryRequest.Item>> page =
                HistoryRequest.send(reading, "room", new HistoryPlace(HistoryPosition.START, 0), 10, DEADLINE);

        assertThat(net.await(page, SOON))
                .extracting(HistoryRequest.Item::sequence)
                .containsExactly(1L);
        net.advance(Duration.ofSeconds(1));
        assertThat(linesOf("p")).isNotEmpty().allMatch(line -> line.closed().isDone());
    }

    @Test
    void do_not_keep_a_page_of_the_history_from_being_read_however_many_there_are() {
        append(1);
        DurableNode reading = DurableNode.on(net.node("p"));
        fallSilent(MANY, reading);
        keep(reading);
        HistoryPlace start = new HistoryPlace(HistoryPosition.START, 0);

        assertThat(net.await(HistoryRequest.send(reading, "room", start, 10, DEADLINE), SOON))
                .hasSize(1);
        int asked = linesOf("p").size();
        assertThat(asked).isGreaterThan(10);
        assertThat(net.await(HistoryRequest.send(reading, "room", start, 10, DEADLINE), SOON))
                .hasSize(1);
        assertThat(linesOf("p"))
                .as("nobody who was silent is asked first again")
                .hasSize(asked);
    }

    @Test
    void keep_a_subscriber_waiting_for_some_seconds_each_and_only_once() {
        append(1);
        DurableNode reading = DurableNode.on(net.node("p"));
        fallSilent(4, reading);
        DurableNode keeping = keep(reading);
        List<String> told = new ArrayList<>();
        HistoryPlace start = new HistoryPlace(HistoryPosition.START, 0);
        DurableReader reader =
                DurableReader.on(reading, ROOM, "alice", new MemoryTopicStore(2, 10), start, telling(told));

        net.await("it hears", () -> !told.isEmpty(), Duration.ofSeconds(40));
        assertThat(linesOf("p")).hasSize(4);
        net.partition("p | k");
        net.await("it has lost it", () -> !reader.isFollowing(), Duration.ofMinutes(2));
        net.heal();
        append(2);

        net.await("it hears again", () -> told.size() == 2, Duration.ofMinutes(3));
        assertThat(keeping.keepers("room")).isNotEmpty();
    }

    @Test
    void are_left_when_a_page_of_the_history_did_not_come_in_time() {
        DurableNode reading = DurableNode.on(net.node("p"));
        fallSilent(3, reading);

        CompletableFuture<List<HistoryRequest.Item>> page =
                HistoryRequest.send(reading, "room", new HistoryPlace(HistoryPosition.START, 0), 10, DEADLINE);
        net.advance(DEADLINE.plusSeconds(1));

        assertThat(page).isCompletedExceptionally();
        assertThat(linesOf("p")).isNotEmpty().allMatch(line -> line.closed().isDone());
    }

    @Test
    void are_not_waited_for_longer_than_they_are_asked_once() {
        append(1);
        append(3);
        DurableNode keeping = DurableNode.on(net.node("k"));
        fallSilent(1, keeping);

        List<String> told = follow(keeping);
        net.runUntil(() -> told.size() == 3, Duration.ofMinutes(2));

        assertThat(told).containsExactly("1", "2 is lost", "3");
    }

    @Test
    void are_waited_for_for_ten_minutes_if_they_have_answered_before_and_then_no_more() {
        List<KeeperFrame> says = new ArrayList<>(List.of(new KeeperFrame.Done()));
        DurableNode keeping = DurableNode.on(net.node("k"));
        FalseKeeper.of("room", net.node("s1"), says);
        net.await("it is believed", () -> keeping.keepers("room").size() == 1, SOON);
        append(1);
        List<String> told = follow(keeping);
        net.advance(Duration.ofMinutes(1));

        says.clear();
        append(3);
        net.advance(Duration.ofMinutes(9));
        assertThat(told).containsExactly("1");
        net.runUntil(() -> told.size() == 3, Duration.ofMinutes(2));
        assertThat(told).containsExactly("1", "2 is lost", "3");
        net.advance(Duration.ofMinutes(1));
        append(5);
        net.runUntil(() -> told.size() == 5, Duration.ofMinutes(2));

        assertThat(told).endsWith("4 is lost", "5");
    }

    /** A subscriber of a keeper, on its node. */
    private List<String> follow(DurableNode keeping) {
        List<String> told = new ArrayList<>();
        keeping.keep(ROOM, store);
        HistoryPlace start = new HistoryPlace(HistoryPosition.START, 0);
        DurableReader.on(keeping, ROOM, "alice", store, start, telling(told));
        return told;
    }

    private static DurableReader.Handler telling(List<String> told) {
        return new DurableReader.Handler() {
            @Override
            public void onMessage(Source source, long sequence, byte[] body, boolean isAgain) {
                told.add("" + sequence);
            }

            @Override
            public void onGap(Source source, Sequences.Interval missing) {
                told.add(missing.first() + " is lost");
            }
        };
    }

    @Test
    void do_not_keep_a_keeper_from_asking_another_one() {
        DurableNode asking = DurableNode.on(net.node("p"));
        fallSilent(8, asking);
        keep(asking);
        append(1);
        MemoryTopicStore lacking = new MemoryTopicStore(2, 1_000);
        asking.keep(ROOM, lacking);
        net.await("all have been asked", () -> lacking.messages() == 1, Duration.ofMinutes(5));
        append(2);

        net.await("it is asked again", () -> lacking.messages() == 2, Duration.ofMinutes(1));
    }
}
