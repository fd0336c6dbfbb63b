package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.PublishOptions;
import io.chaski.core.Topic;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import io.chaski.core.internal.wire.StreamFrame.Reset;
import io.chaski.core.internal.wire.WireLimits;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows 73, 74, 104 and 105: peers that ask too much, take nothing, or are no more. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ControlRowsTest {

    /** Control frames a peer may send in ten seconds. */
    private static final int BUDGET = 200;

    /** Type, token and hash in front of the filler. */
    private static final int PING_HEADER_BYTES = 17;

    @RegisterExtension
    static final Siege siege = new Siege();

    @Test
    void row_73_large_echoes_are_answered_within_a_budget() {
        int largest = WireLimits.DEFAULT_MAX_FRAME - PING_HEADER_BYTES;
        int asked = 8;
        long before = siege.counter("ping.ignored");
        try (HostilePeer peer = siege.attack().greet()) {
            long startNanos = System.nanoTime();
            for (int token = -1; token >= -asked; token--) {
                peer.send(new Ping(token, 0, largest));
            }
            assertThat(peer.await(Pong.class, pong -> pong.token() == -1).size())
                    .isEqualTo(largest);
            long answers = 1 + peer.countUntilHandled(Pong.class);
            double seconds = (System.nanoTime() - startNanos) / 1e9;

            // One a second and twice as many at once, however long the machine takes for all of them.
            assertThat(answers).as("answers in %.1f s", seconds).isLessThanOrEqualTo(2 + (long) (seconds + 1));
            assertThat(siege.counter("ping.ignored") - before).as("unanswered").isEqualTo(asked - answers);
        }
    }

    @Test
    void row_73_too_many_pings_end_the_edge() {
        try (HostilePeer peer = siege.attack().greet()) {
            for (int i = 0; i <= BUDGET; i++) {
                peer.send(new Ping(-i, 0, 0));
            }
            assertThat(peer.awaitEnd())
                    .last()
                    .isInstanceOfSatisfying(
                            Goodbye.class,
                            goodbye -> assertThat(goodbye.reason()).isEqualTo(CloseReason.CONTROL_FLOOD));
        }
        siege.awaitViolation(CloseReason.CONTROL_FLOOD);
    }

    @Test
    void row_74_answers_that_nobody_asked_for_are_counted_and_too_many_end_the_edge() {
        long before = siege.counter("pong.unsolicited");
        try (HostilePeer peer = siege.attack().greet()) {
            for (int i = 0; i < 10; i++) {
                peer.send(new Pong(-i - 1, 0, 0));
            }
            peer.awaitHandled();
            assertThat(siege.counter("pong.unsolicited")).isEqualTo(before + 10);

            for (int i = 0; i <= BUDGET; i++) {
                peer.send(new Pong(-i - 1, 0, 0));
            }
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.CONTROL_FLOOD);
        }
    }

    @Test
    void row_74_resets_of_streams_that_were_never_opened_end_the_edge() {
        try (HostilePeer peer = siege.attack().greet()) {
            for (int i = 0; i <= BUDGET; i++) {
                peer.send(new Reset(2L * i + 1, 1, ""));
            }
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.CONTROL_FLOOD);
        }
    }

    /** One test for all three, because each takes as long as the deadline that it is about. */
    @Test
    void rows_104_and_105_who_reads_nothing_or_hardly_anything_or_is_dead_is_given_up() throws Exception {
        Topic<byte[]> bulk = Topic.bytes("siege/bulk");
        ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
        try (var subscription = siege.victim().subscribe(bulk, message -> {});
                HostilePeer dead = siege.attack().greet().awaitHandled();
                HostilePeer deaf = siege.attack().greet().joinTopic(bulk.name()).awaitHandled();
                HostilePeer drowsy =
                        siege.attack().greet().joinTopic(bulk.name()).awaitHandled()) {
            // Both are alive and agree on their links, so that nothing else ends their edges or takes their links away.
            Future<?> beating = beats.scheduleAtFixedRate(
                    () -> {
                        deaf.beat();
                        drowsy.beat();
                        drowsy.readOneByte();
                    },
                    0,
                    500,
                    TimeUnit.MILLISECONDS);
            byte[] message = new byte[60 << 10];
            // Full for a moment is not stuck: the kernel may still take what is queued.
            int timesFull = 0;
            while (timesFull < 50) {
                if (isWritable(deaf) || isWritable(drowsy)) {
                    timesFull = 0;
                    siege.victim().publish(bulk, message, PublishOptions.NONE);
                } else {
                    timesFull++;
                }
            }
            assertThat(Siege.bufferBytes()).as("bytes of buffers").isLessThan(64L << 20);

            assertThat(beating).isNotDone();
            siege.awaitEvent(new NodeEvent.EdgeDown(dead.self().id(), CloseReason.SILENT));
            siege.awaitEvent(new NodeEvent.EdgeDown(deaf.self().id(), CloseReason.SLOW_CONSUMER));
            siege.awaitEvent(new NodeEvent.EdgeDown(drowsy.self().id(), CloseReason.SLOW_CONSUMER));
            assertThat(dead.awaitGoodbye()).isEqualTo(CloseReason.SILENT);
            siege.awaitOnlyHonestEdges();
        } finally {
            beats.shutdownNow();
            beats.awaitTermination(1, TimeUnit.SECONDS);
        }
    }

    private static boolean isWritable(HostilePeer peer) {
        return siege.victim().snapshot().edges().stream()
                .anyMatch(edge -> edge.peer().equals(peer.self().id()) && edge.writable());
    }
}
