package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes over TCP, real disks. */
@DisplayName("Durable topics between real nodes")
class DurableTopicsIT {

    private static final Topic<String> ROOM = Topic.text("room");
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir(factory = MemoryDisk.class)
    Path disk;

    private final String cluster = "test-" + UUID.randomUUID();
    private final List<ChaskiNode> nodes = new ArrayList<>();
    private final List<ChaskiStreamer> streamers = new ArrayList<>();

    @AfterEach
    void close() {
        streamers.forEach(ChaskiStreamer::close);
        nodes.forEach(ChaskiNode::close);
    }

    private ChaskiStreamer start(String name) {
        var builder = ChaskiNode.builder().name(name).cluster(cluster);
        if (!nodes.isEmpty()) {
            builder.bootstrap(nodes.get(0).addresses().get(0));
        }
        ChaskiNode node = builder.start();
        nodes.add(node);
        ChaskiStreamer streamer = ChaskiStreamer.on(node);
        streamers.add(streamer);
        return streamer;
    }

    private DurableOptions.Builder options() {
        return DurableOptions.builder().deadline(DurableOptions.MAX_DEADLINE);
    }

    private static List<String> texts(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "m" + i).toList();
    }

    private static void publishAll(DurableTopic<String> topic, int from, int to) throws Exception {
        List<CompletableFuture<Acknowledgement>> all =
                texts(from, to).stream().map(topic::publish).toList();
        for (CompletableFuture<Acknowledgement> each : all) {
            assertThat(each.get(2 * LONG.toSeconds(), TimeUnit.SECONDS).isKept())
                    .isTrue();
        }
    }

    @DisplayName(
            "C09: a member away for 100 messages gets exactly these, from two keepers of which one has gone and come back")
    @Test
    void away_for_100_messages() throws Exception {
        ChaskiStreamer first = start("keeper-1");
        ChaskiStreamer second = start("keeper-2");
        first.durable(ROOM, options().keepIn(disk.resolve("1")).build());
        DurableTopic<String> leaving =
                second.durable(ROOM, options().keepIn(disk.resolve("2")).build());
        DurableTopic<String> topic =
                start("publisher").durable(ROOM, options().replicas(2).build());
        List<String> heard = new CopyOnWriteArrayList<>();
        List<NodeEvent.Gap> gaps = new CopyOnWriteArrayList<>();
        DurableTopic<String> reader = start("reader")
                .durable(ROOM, options().directory(disk.resolve("r")).build());
        DurableSubscription alice = reader.subscribe("alice", each -> heard.add(each.payload()), gaps::add);
        publishAll(topic, 1, 20);
        await().atMost(LONG).untilAsserted(() -> assertThat(heard).isEqualTo(texts(1, 20)));

        alice.close();
        publishAll(topic, 21, 120);
        leaving.close();
        DurableTopic<String> back =
                second.durable(ROOM, options().keepIn(disk.resolve("2")).build());
        assertThat(heard).hasSize(20);
        reader.subscribe("alice", each -> heard.add(each.payload() + (each.redelivered() ? " again" : "")), gaps::add);
        publishAll(topic, 121, 122);

        await().atMost(LONG).untilAsserted(() -> assertThat(heard).isEqualTo(texts(1, 122)));
        assertThat(gaps).isEmpty();
        List<Message<String>> history =
                back.history(HistoryFrom.start(), 1_000).get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(history).extracting(Message::payload).isEqualTo(texts(1, 122));
        assertThat(topic.history(HistoryFrom.last(3), 10).get(LONG.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(history.subList(119, 122));
    }
}
