package io.chaski.streamer.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.Topic;
import io.chaski.streamer.Acknowledgement;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.DurableOptions;
import io.chaski.streamer.DurableSubscription;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.HistoryFrom;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of {@code docs/durable-topics.md}. Between real nodes, on the real disk. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DurableGuideTest {

    private static final Topic<String> ROOM = Topic.text("room/kitchen");

    @TempDir
    Path folder;

    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();

    private void show(String text) {
        shown.add(text);
    }

    private String next() throws InterruptedException {
        return shown.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void a_room_is_kept() throws Exception {
        String cluster = "test-" + UUID.randomUUID();
        try (ChaskiNode keeper =
                        ChaskiNode.builder().name("keeper").cluster(cluster).start();
                ChaskiNode member = ChaskiNode.builder()
                        .name("member")
                        .cluster(cluster)
                        .bootstrap(keeper.addresses().get(0))
                        .start()) {
            // #region keep
            DurableTopic<String> kept = ChaskiStreamer.on(keeper)
                    .durable(
                            ROOM,
                            DurableOptions.builder()
                                    .keepIn(folder.resolve("kept"))
                                    .build());
            // #endregion

            // #region member
            DurableTopic<String> room = ChaskiStreamer.on(member)
                    .durable(
                            ROOM,
                            DurableOptions.builder()
                                    .directory(folder.resolve("mine"))
                                    .build());
            DurableSubscription subscription = room.subscribe("alice", delivery -> show(delivery.payload()));
            // #endregion

            // #region publish
            Acknowledgement answer = room.publish("dinner is ready").join();
            if (!answer.isKept()) {
                show("not kept: " + answer.status());
            }
            // #endregion
            assertThat(answer.keptBy()).containsExactly(keeper.id());
            assertThat(next()).isEqualTo("dinner is ready");

            subscription.close();
            kept.publish("dinner is cold").join();
            // #region back
            room.subscribe("alice", delivery -> show(delivery.payload()), gap -> show(gap.count() + " are lost"));
            // #endregion
            assertThat(next()).isEqualTo("dinner is cold");

            // #region history
            List<Message<String>> lastTen =
                    room.history(HistoryFrom.last(10), 10).join();
            // #endregion
            assertThat(lastTen).extracting(Message::payload).containsExactly("dinner is ready", "dinner is cold");
            room.close();
        }
        assertThat(shown).isEmpty();
    }
}
