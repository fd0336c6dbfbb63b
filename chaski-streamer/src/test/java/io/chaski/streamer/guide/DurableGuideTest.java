package io.chaski.streamer.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.Topic;
import io.chaski.streamer.Acknowledgement;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.DurableOptions;
import io.chaski.streamer.DurablePosition;
import io.chaski.streamer.DurableSubscription;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.HistoryFrom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** What is stored in one step: what was made of the messages, and how far that is. */
    private final class Account {
        private final Map<String, DurablePosition> done = new HashMap<>();

        synchronized Collection<DurablePosition> done() {
            return List.copyOf(done.values());
        }

        synchronized void book(Message<String> message) {
            if (isNew(DurablePosition.of(message))) {
                show("booked " + message.payload());
            }
        }

        synchronized void skip(NodeEvent.Gap gap) {
            var unused = isNew(DurablePosition.behind(gap));
        }

        private boolean isNew(DurablePosition next) {
            DurablePosition before = done.get(next.origin() + "/" + next.epoch());
            boolean isNew = before == null || before.sequence() < next.sequence();
            if (isNew) {
                done.put(next.origin() + "/" + next.epoch(), next);
            }
            return isNew;
        }
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

            // #region begin
            room.subscribe("bob", HistoryFrom.last(1), delivery -> show(delivery.payload()), gap -> {});
            // #endregion
            assertThat(next()).isEqualTo("dinner is cold");

            Account account = new Account();
            // #region own
            room.subscribe(account.done(), delivery -> account.book(delivery.message()), gap -> account.skip(gap));
            // #endregion
            assertThat(List.of(next(), next())) // of two publishers
                    .containsExactlyInAnyOrder("booked dinner is ready", "booked dinner is cold");
            assertThat(account.done()).hasSize(2);

            // #region ordered
            DurableSubscription inOrder = room.ordered(
                    Duration.ofSeconds(2), each -> show((each.late() ? "late: " : "") + each.payload()), gap -> {});
            // #endregion
            inOrder.close();

            // #region care
            kept.verify(); // reads all of it: throws, and names the place, if anything is damaged
            boolean wasKnown = room.forget("carol").join(); // who will not come back needs no place any more
            // #endregion
            assertThat(wasKnown).isFalse();
            room.close();
        }
        assertThat(shown).isEmpty();
    }
}
