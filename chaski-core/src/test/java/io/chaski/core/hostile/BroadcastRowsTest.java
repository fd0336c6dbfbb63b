package io.chaski.core.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.TopicSnapshot;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.StreamFrame.Credit;
import io.chaski.core.internal.wire.TreeFrame.Advert;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Graft;
import io.chaski.core.internal.wire.TreeFrame.IHave;
import io.chaski.core.internal.wire.TreeFrame.NoHave;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 63 to 65 and 67 to 72: a neighbour in a topic that lies about messages. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BroadcastRowsTest {

    private static final int FLOOD = 20_000;

    /** The talk of a whole day has smaller numbers. */
    private static final long NEVER = 1_000_000_000;

    /** An alias that nobody gives. */
    private static final int NO_SOURCE = 77;

    @RegisterExtension
    static final Siege siege = new Siege();

    @BeforeEach
    void nothingIsHeard() {
        siege.foreign().clear();
    }

    @Test
    void row_63_the_same_message_again_is_dropped_and_counted() {
        long duplicatesBefore = talk().duplicates();
        try (HostilePeer peer = talker()) {
            for (int i = 0; i < 50; i++) {
                peer.write(Forged.message(1, 1, "once"));
            }
            peer.write(Forged.message(1, 2, "end"));

            awaitHeard("once", "end");
            peer.awaitHandled();
        }
        assertThat(talk().duplicates() - duplicatesBefore).isGreaterThanOrEqualTo(49);
    }

    @Test
    void row_64_another_message_under_the_same_number_is_an_alarm() {
        try (HostilePeer peer = talker()) {
            peer.write(Forged.message(1, 1, "first"));
            awaitAlarm(
                    () -> peer.write(Forged.message(1, 1, "other")),
                    new NodeEvent.Equivocation(Siege.TALK.name(), peer.self().id(), 1));
            peer.write(Forged.message(1, 2, "end"));
            awaitHeard("first", "end");
        }
    }

    @Test
    void row_65_a_jump_of_the_numbers_is_a_gap_and_delivery_goes_on() {
        try (HostilePeer peer = talker()) {
            NodeId origin = peer.self().id();
            peer.write(Forged.message(1, 1, "before"));
            peer.write(Forged.message(1, 1_000_000_002, "behind"));

            // Asking for what lies between takes about as long as the lease of a silent peer, so this one pings.
            Siege.eventually().pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                peer.awaitHandled();
                assertThat(siege.foreign()).containsExactly("before", "behind");
                assertThat(gapsOf(origin)).containsExactly(new NodeEvent.Gap(origin, 1, 2, 1_000_000_001));
            });

            peer.write(Forged.message(1, 1_000_000_003, "and on"));
            awaitHeard("before", "behind", "and on");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 128", "129, 128", "255, 128", "255, 0", "2, 1"})
    void row_67_a_hop_of_0_or_above_the_limit_is_dropped(int hop, int hopLimit) {
        long before = siege.counter("tree.hop");
        try (HostilePeer peer = talker()) {
            peer.sendData(1, 1, hop, hopLimit, Forged.text("too far"));
            peer.awaitHandled();
        }
        assertThat(siege.counter("tree.hop")).isEqualTo(before + 1);
        assertThat(siege.foreign()).isEmpty();
    }

    @Test
    void row_68_three_neighbours_that_pass_everything_round_deliver_it_once() {
        try (HostilePeer one = talker();
                HostilePeer two = talker();
                HostilePeer three = talker()) {
            List<HostilePeer> ring = List.of(one, two, three);
            ring.forEach(
                    peer -> peer.announceSource(2, one.self().id(), one.self().epoch()));
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < ring.size(); i++) {
                    int hop = 1 + round * ring.size() + i;
                    ring.get(i).sendData(2, 1, hop, 128, Forged.text("round and round"));
                }
            }
            ring.forEach(HostilePeer::awaitHandled);
            ring.forEach(HostilePeer::awaitHandled); // now each has read what the words of the others came to
            awaitHeard("round and round");
            // Which copy comes first is up to the sockets; the victim passes that one on, to each of the others once.
            assertThat(ring).allMatch(peer -> peer.dataHeard(this::isRound) <= 1);
        }
    }

    @Test
    void row_69_a_message_in_the_name_of_the_node_itself_is_dropped_and_reported() {
        try (HostilePeer peer = talker()) {
            peer.announceSource(2, siege.victim().id(), siege.victim().epoch());
            awaitAlarm(
                    () -> peer.write(Forged.message(2, Integer.MAX_VALUE, "I am you")),
                    new NodeEvent.DuplicateId(peer.local()));
        }
        assertThat(siege.counter("tree.own-forged")).isPositive();
        assertThat(siege.foreign()).isEmpty();
    }

    @Test
    void row_70_words_about_messages_that_were_never_sent_are_ignored() {
        try (HostilePeer peer = talker()) {
            peer.announceSource(2, siege.victim().id(), siege.victim().epoch());
            List<Range> never = List.of(new Range(2, Long.MAX_VALUE - 1, Long.MAX_VALUE));
            peer.send(
                    new Graft(HostilePeer.TOPIC_ALIAS, false, never),
                    new NoHave(HostilePeer.TOPIC_ALIAS, never),
                    new IHave(HostilePeer.TOPIC_ALIAS, List.of(new Advert(2, Long.MAX_VALUE, Long.MAX_VALUE, 1))),
                    new Digest(
                            HostilePeer.TOPIC_ALIAS, true, List.of(new Seen(2, Long.MAX_VALUE, Long.MAX_VALUE, never))),
                    new Credit(99, Long.MAX_VALUE));
            peer.awaitHandled();
        }
        assertThat(siege.foreign()).isEmpty();
    }

    @Test
    void row_70_a_request_for_a_message_that_was_never_published_is_refused() {
        try (HostilePeer peer = talker()) {
            peer.announceSource(2, siege.victim().id(), siege.victim().epoch());
            peer.send(new Graft(HostilePeer.TOPIC_ALIAS, false, List.of(new Range(2, NEVER, NEVER + 2))));

            assertThat(peer.await(NoHave.class).ranges())
                    .singleElement()
                    .satisfies(range ->
                            assertThat(List.of(range.from(), range.to())).containsExactly(NEVER, NEVER + 2));
            peer.awaitHandled();
        }
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void row_70_words_about_what_has_no_name_are_counted(Nonsense nonsense) {
        long before = siege.counter(nonsense.counter());
        try (HostilePeer peer = talker()) {
            peer.send(nonsense.frame());
            peer.awaitHandled();
        }
        assertThat(siege.counter(nonsense.counter())).isEqualTo(before + 1);
        assertThat(siege.foreign()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void row_70_a_flood_of_such_words_is_ignored_within_its_budget(Nonsense nonsense) {
        long heardBefore = siege.counter(nonsense.counter());
        long unheardBefore = siege.counter(nonsense.budget());
        try (HostilePeer peer = talker()) {
            long startNanos = System.nanoTime();
            peer.send(Collections.nCopies(FLOOD, nonsense.frame()).toArray(Frame[]::new));
            assertThat(peer.countUntilHandled(NoHave.class)).as("answers").isZero();
            double seconds = (System.nanoTime() - startNanos) / 1e9;

            long heard = siege.counter(nonsense.counter()) - heardBefore;
            assertThat(heard).as("heard in %.1f s", seconds).isBetween(1L, nonsense.mostIn(seconds));
            assertThat(siege.counter(nonsense.budget()) - unheardBefore)
                    .as("unheard")
                    .isEqualTo(FLOOD - heard);
        }
        assertThat(siege.foreign()).isEmpty();
    }

    /** What a peer may say about messages and streams, said about some that it has never named. */
    static List<Nonsense> nonsense() {
        int topic = HostilePeer.TOPIC_ALIAS;
        List<Range> ranges = List.of(new Range(NO_SOURCE, 1, 1));
        List<Advert> adverts = List.of(new Advert(NO_SOURCE, 1, 1, 1));
        List<Seen> seen = List.of(new Seen(NO_SOURCE, 1, 1, List.of()));
        return List.of(
                new Nonsense("tree.unknown-source", "tree.graft-rate", 500, new Graft(topic, false, ranges)),
                new Nonsense("tree.unknown-source", "", FLOOD, new NoHave(topic, ranges)),
                new Nonsense("tree.unknown-source", "tree.advert-rate", 5_000, new IHave(topic, adverts)),
                new Nonsense("tree.unknown-source", "tree.advert-rate", 5_000, new Digest(topic, false, seen)),
                new Nonsense("misbehaved.stream-unknown", "", FLOOD, new Credit(99, 1)));
    }

    /**
     * One kind.
     *
     * @param counter of those that were heard
     * @param budget counter of those that were not, because there were too many; empty if hearing costs nothing
     * @param perSecond how many are heard a second, and twice as many at once: TreeSettings.Limits
     * @param frame the words
     */
    private record Nonsense(String counter, String budget, int perSecond, Frame frame) {
        long mostIn(double seconds) {
            return 2L * perSecond + (long) (perSecond * (seconds + 1));
        }

        @Override
        public String toString() {
            return frame.getClass().getSimpleName();
        }
    }

    @Test
    void row_70_words_about_credit_that_nobody_can_mean_are_ignored() {
        long before = siege.counter("flow.bad-credit");
        try (HostilePeer peer = talker()) {
            peer.send(credit(Long.MAX_VALUE, Long.MAX_VALUE));
            peer.send(credit(Long.MAX_VALUE, 0));
            peer.write(Forged.message(1, 1, "still heard"));
            awaitHeard("still heard");
        }
        assertThat(siege.counter("flow.bad-credit")).isEqualTo(before + 1);
    }

    @Test
    void row_72_a_flood_of_words_about_credit_disturbs_nobody() {
        try (HostilePeer peer = talker()) {
            List<Frame> flood = new ArrayList<>();
            for (int i = 0; i < FLOOD; i++) {
                flood.add(new TopicCredit(HostilePeer.TOPIC_ALIAS, i % 2 == 0, true, false, i % 3 == 0, false, i, 0));
            }
            peer.send(flood.toArray(new Frame[0]));
            peer.awaitHandled();
            peer.write(Forged.message(1, 1, "still heard"));
            awaitHeard("still heard");
        }
    }

    private static Frame credit(long granted, long sent) {
        return new TopicCredit(HostilePeer.TOPIC_ALIAS, true, true, false, false, false, granted, sent);
    }

    @Test
    void row_71_a_digest_that_goes_back_is_ignored() {
        try (HostilePeer peer = talker()) {
            peer.write(Forged.message(1, 1, "one"));
            peer.write(Forged.message(1, 2, "two"));
            peer.send(
                    new Digest(HostilePeer.TOPIC_ALIAS, false, List.of(new Seen(1, 1, 2, List.of()))),
                    new Digest(HostilePeer.TOPIC_ALIAS, false, List.of(new Seen(1, 1, 1, List.of()))),
                    new Digest(HostilePeer.TOPIC_ALIAS, false, List.of(new Seen(1, 2, 1, List.of()))));
            peer.write(Forged.message(1, 3, "three"));
            awaitHeard("one", "two", "three");
            peer.awaitHandled();
        }
    }

    @Test
    void row_72_a_flood_of_requests_is_answered_within_a_budget() {
        try (HostilePeer peer = talker()) {
            peer.write(Forged.message(1, 1, "known"));
            peer.awaitHandled();
            long before = siege.counter("tree.graft-rate");
            long startNanos = System.nanoTime();
            for (int i = 1; i <= FLOOD; i++) {
                peer.send(new Graft(HostilePeer.TOPIC_ALIAS, false, List.of(new Range(1, 1 + i, 1 + i))));
            }
            long answers = peer.countUntilHandled(NoHave.class);
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            // 500 a second and twice as many at once: TreeSettings.Limits.
            assertThat(answers).as("answers in %.1f s", seconds).isBetween(1L, 1_000 + (long) (500 * (seconds + 1)));
            assertThat(siege.counter("tree.graft-rate") - before)
                    .as("unanswered")
                    .isEqualTo(FLOOD - answers);
        }
    }

    @Test
    void frames_of_a_topic_without_a_link_are_ignored_and_counted() {
        long before = siege.counter("tree.not-neighbour");
        try (HostilePeer peer = siege.attack().greet()) {
            peer.send(new InternTopic(1, Siege.TALK.name()));
            peer.announceSource(1, peer.self().id(), 1);
            peer.write(Forged.message(1, 1, "uninvited"));
            peer.awaitHandled();
        }
        assertThat(siege.counter("tree.not-neighbour")).isEqualTo(before + 1);
        assertThat(siege.foreign()).isEmpty();
    }

    private boolean isRound(byte[] body) {
        return new String(body, ISO_8859_1).endsWith("round and round");
    }

    /** Alarms come at most once a second in each topic, so a lie is repeated until it is heard. */
    private static void awaitAlarm(Runnable lie, NodeEvent alarm) {
        Siege.eventually().pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            lie.run();
            assertThat(siege.events()).contains(alarm);
        });
    }

    private static List<NodeEvent.Gap> gapsOf(NodeId origin) {
        return siege.events().stream()
                .filter(NodeEvent.GapDetected.class::isInstance)
                .map(event -> ((NodeEvent.GapDetected) event).gap())
                .filter(gap -> gap.origin().equals(origin))
                .toList();
    }

    private static void awaitHeard(String... texts) {
        Siege.eventually().untilAsserted(() -> assertThat(siege.foreign()).containsExactly(texts));
    }

    private static TopicSnapshot talk() {
        return siege.victim().snapshot().topics().stream()
                .filter(topic -> topic.name().equals(Siege.TALK.name()))
                .findFirst()
                .orElseThrow();
    }

    private static HostilePeer talker() {
        return siege.attack().greet().talkOn(Siege.TALK);
    }
}
