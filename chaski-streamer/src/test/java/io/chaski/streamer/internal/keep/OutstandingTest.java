package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.ModuleMessages.Encoded;
import io.chaski.streamer.Acknowledgement;
import io.chaski.streamer.Acknowledgement.Status;
import io.chaski.streamer.internal.durable.Sequences;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OutstandingTest {

    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId ANN = new NodeId(0, 2);
    private static final NodeId BOB = new NodeId(0, 3);
    private static final long EPOCH = 4;
    private static final long SECOND = 1_000_000_000L;
    private static final long ROUND_TRIP = SECOND / 10;

    private final Deque<Outstanding.Held> published = new ArrayDeque<>();
    private final List<String> put = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private boolean hasRoom = true;
    private long nowNanos = Long.MAX_VALUE - SECOND; // clocks may overflow

    private final Outstanding outstanding = new Outstanding(SELF, EPOCH, new Outstanding.Outbox() {
        @Override
        public void publish(Outstanding.Held message) {
            published.add(message);
        }

        @Override
        public boolean put(NodeId keeper, KeeperFrame.Messages messages) {
            if (hasRoom) {
                put.add(name(keeper)
                        + messages.items().stream()
                                .map(item -> " " + item.sequence())
                                .collect(Collectors.joining()));
            }
            return hasRoom;
        }

        @Override
        public void refuse(NodeId keeper, String why) {
            refused.add(name(keeper) + " " + why);
        }

        @Override
        public void end(Outstanding.Held message, Acknowledgement acknowledgement) {
            ended.add(message.user + " " + acknowledgement.status() + " by "
                    + acknowledgement.keptBy().stream()
                            .map(OutstandingTest::name)
                            .sorted()
                            .toList());
        }
    });

    private static String name(NodeId node) {
        return node.equals(ANN) ? "ann" : node.equals(BOB) ? "bob" : "self";
    }

    private static Encoded message(int bytes) {
        return new Encoded(new HybridTimestamp(1, 0), new byte[bytes]);
    }

    private void add(String user, int replicas) {
        outstanding.add(message(10), user, replicas, nowNanos + 10 * SECOND);
    }

    private void number(long sequence) {
        outstanding.onNumber(published.remove(), sequence, nowNanos);
    }

    private void kept(NodeId keeper, long first, long last) {
        Sequences sequences = last < first ? Sequences.NONE : Sequences.of(first, last);
        outstanding.onKept(keeper, new KeeperFrame.Kept(store(keeper), EPOCH, sequences), ROUND_TRIP);
    }

    private void connect(NodeId keeper) {
        kept(keeper, 1, 0);
    }

    private static UUID store(NodeId keeper) {
        return new UUID(1, keeper.low());
    }

    private void pass(double seconds) {
        nowNanos += (long) (seconds * SECOND);
        outstanding.onTick(nowNanos);
    }

    @Nested
    class A_message {

        @Test
        void is_published_when_there_are_enough_keepers_and_not_before() {
            add("x", 2);
            connect(ANN);
            pass(1);
            assertThat(published).isEmpty();

            connect(BOB);

            assertThat(published).hasSize(1);
        }

        @Test
        void is_nobodys_if_there_are_too_few_keepers_in_time() {
            connect(ANN);
            add("x", 2);

            pass(10);

            assertThat(ended).containsExactly("x NO_KEEPER by []");
            assertThat(published).isEmpty();
            assertThat(outstanding.size()).isZero();
        }

        @Test
        void is_kept_when_enough_stores_say_so() {
            connect(ANN);
            connect(BOB);
            add("x", 2);
            number(1);

            kept(ANN, 1, 1);
            kept(ANN, 1, 1);
            assertThat(ended).isEmpty();
            kept(BOB, 1, 5);

            assertThat(ended).containsExactly("x KEPT by [ann, bob]");
        }

        @Test
        void is_not_kept_twice_by_one_store_that_two_nodes_claim() {
            connect(ANN);
            connect(BOB);
            add("x", 2);
            number(1);
            outstanding.onGone(BOB);
            outstanding.onKept(BOB, new KeeperFrame.Kept(store(ANN), EPOCH, Sequences.of(1, 1)), ROUND_TRIP);
            kept(ANN, 1, 1);

            pass(10);

            assertThat(ended).containsExactly("x UNKNOWN by [ann]");
        }

        @Test
        void may_be_kept_before_its_publisher_knows_its_number() {
            connect(ANN);
            add("x", 1);

            kept(ANN, 1, 1);
            number(1);

            assertThat(ended).containsExactly("x KEPT by [ann]");
        }

        @Test
        void ends_once_if_several_have_it_before_its_publisher_knows_its_number() {
            connect(ANN);
            connect(BOB);
            add("x", 1);
            kept(ANN, 1, 1);
            kept(BOB, 1, 1);

            number(1);

            assertThat(ended).containsExactly("x KEPT by [ann]");
        }

        @Test
        void of_another_incarnation_is_another_one() {
            connect(ANN);
            add("x", 1);
            number(1);

            outstanding.onKept(ANN, new KeeperFrame.Kept(store(ANN), EPOCH - 1, Sequences.of(1, 9)), ROUND_TRIP);

            assertThat(ended).isEmpty();
        }

        @Test
        void that_was_not_published_is_nobodys() {
            connect(ANN);
            add("x", 1);

            outstanding.onUnpublished(published.remove(), Status.BUSY, nowNanos);

            assertThat(ended).containsExactly("x BUSY by []");
        }

        @Test
        void that_is_too_large_is_refused_at_once() {
            outstanding.add(message(KeeperFrame.MAX_BODY_BYTES + 1), "x", 1, nowNanos + SECOND);

            assertThat(ended).containsExactly("x TOO_LARGE by []");
        }

        @Test
        void waits_for_those_before_it_that_want_more_keepers() {
            connect(ANN);
            add("two", 2);
            outstanding.add(message(10), "one", 1, nowNanos + 20 * SECOND);
            assertThat(published).isEmpty();

            pass(10);

            assertThat(ended).containsExactly("two NO_KEEPER by []");
            assertThat(published).extracting(held -> held.user).containsExactly("one");
        }

        @Test
        void finds_no_room_beyond_16_MiB() {
            for (int i = 0; i < 16; i++) {
                outstanding.add(message(1_000_000), i, 1, nowNanos + 10 * SECOND);
            }
            outstanding.add(message(1_000_000), "more", 1, nowNanos + 10 * SECOND);
            assertThat(ended).containsExactly("more BUSY by []");

            pass(10);
            ended.clear();
            outstanding.add(message(1_000_000), "later", 1, nowNanos + 10 * SECOND);

            assertThat(ended).isEmpty();
        }
    }

    @Nested
    class What_the_topic_has_lost {

        @Test
        void is_sent_once_a_round_trip_and_200_ms_later() {
            connect(ANN);
            add("x", 1);
            number(1);

            pass(0.29);
            assertThat(put).isEmpty();
            pass(0.02);
            pass(1);

            assertThat(put).containsExactly("ann 1");
        }

        @Test
        void is_sent_at_once_to_a_keeper_on_the_same_node() {
            outstanding.onKept(SELF, new KeeperFrame.Kept(store(SELF), 0, Sequences.NONE), 0);
            add("x", 1);

            number(1);

            assertThat(put).containsExactly("self 1");
        }

        /** Receipts come on many threads, and a process that is killed should not leave holes in its store. */
        @Test
        void is_sent_to_a_keeper_on_the_same_node_behind_those_before_it() {
            outstanding.onKept(SELF, new KeeperFrame.Kept(store(SELF), 0, Sequences.NONE), 0);
            add("x", 1);
            add("y", 1);
            Outstanding.Held x = published.remove();
            Outstanding.Held y = published.remove();

            outstanding.onNumber(y, 2, nowNanos);
            assertThat(put).isEmpty();
            outstanding.onNumber(x, 1, nowNanos);

            assertThat(put).containsExactly("self 1", "self 2");
        }

        @Test
        void waits_for_no_number_of_one_that_was_not_published() {
            outstanding.onKept(SELF, new KeeperFrame.Kept(store(SELF), 0, Sequences.NONE), 0);
            add("x", 1);
            add("y", 1);
            Outstanding.Held x = published.remove();
            outstanding.onNumber(published.remove(), 1, nowNanos);

            outstanding.onUnpublished(x, Status.BUSY, nowNanos);

            assertThat(put).containsExactly("self 1");
        }

        /** Otherwise its own keeper would have to ask the others for it, half a minute later. */
        @Test
        void is_sent_to_a_keeper_on_the_same_node_although_others_have_it_already() {
            outstanding.onKept(SELF, new KeeperFrame.Kept(store(SELF), 0, Sequences.NONE), 0);
            connect(ANN);
            add("x", 1);
            kept(ANN, 1, 1);

            number(1);

            assertThat(put).containsExactly("self 1");
            assertThat(ended).containsExactly("x KEPT by [ann]");
        }

        @Test
        void is_kept_although_an_earlier_one_has_no_number_at_its_deadline() {
            connect(ANN);
            add("x", 1);
            outstanding.add(message(10), "y", 1, nowNanos + 5 * SECOND);
            outstanding.onNumber(published.removeLast(), 2, nowNanos);
            kept(ANN, 2, 2);

            pass(5);

            assertThat(ended).containsExactly("y KEPT by [ann]");
        }

        @Test
        void is_sent_to_it_when_there_is_room_although_it_has_ended() {
            outstanding.onKept(SELF, new KeeperFrame.Kept(store(SELF), 0, Sequences.NONE), 0);
            connect(ANN);
            hasRoom = false;
            add("x", 1);
            add("y", 1);
            number(1);
            number(2);
            kept(ANN, 1, 2);
            assertThat(ended).containsExactly("x KEPT by [ann]", "y KEPT by [ann]");
            assertThat(put).isEmpty();

            hasRoom = true;
            outstanding.onWritable(SELF, nowNanos);

            assertThat(put).containsExactly("self 1 2");
        }

        /** A slow subscriber may delay a publish by more than its deadline; live subscribers have heard it then. */
        @Test
        void is_sent_to_it_although_its_number_comes_after_its_deadline() {
            outstanding.onKept(SELF, new KeeperFrame.Kept(store(SELF), 0, Sequences.NONE), 0);
            for (int i = 1; i <= 16; i++) {
                outstanding.add(message(1_000_000), i, 1, nowNanos + 5 * SECOND);
            }
            pass(5);
            assertThat(ended).hasSize(16).contains("16 UNKNOWN by []");
            hasRoom = false;

            for (int i = 1; i <= 16; i++) {
                number(i);
            }
            outstanding.add(message(1_000_000), "y", 1, nowNanos + 5 * SECOND);
            assertThat(ended).as("what is owed counts").last().isEqualTo("y BUSY by []");
            hasRoom = true;
            outstanding.onWritable(SELF, nowNanos);
            outstanding.add(message(1_000_000), "z", 1, nowNanos + 5 * SECOND);

            assertThat(put).hasSize(16).startsWith("self 1", "self 2");
            assertThat(published).as("there is room again").hasSize(1);
        }

        @Test
        void counts_as_long_as_it_is_owed_to_it() {
            outstanding.onKept(SELF, new KeeperFrame.Kept(store(SELF), 0, Sequences.NONE), 0);
            connect(ANN);
            hasRoom = false;
            for (int i = 1; i <= 17; i++) {
                outstanding.add(message(1_000_000), i, 1, nowNanos + 10 * SECOND);
                if (!published.isEmpty()) {
                    number(i);
                    kept(ANN, i, i);
                }
            }
            assertThat(ended).hasSize(17).last().isEqualTo("17 BUSY by []");

            outstanding.onGone(SELF);
            outstanding.add(message(1_000_000), "more", 1, nowNanos + 10 * SECOND);

            assertThat(published).as("there is room again").hasSize(1);
        }

        @Test
        void is_sent_again_on_another_connection() {
            connect(ANN);
            add("x", 1);
            number(1);
            pass(1);
            outstanding.onGone(ANN);

            pass(1);
            connect(ANN);
            pass(0.1);

            assertThat(put).containsExactly("ann 1", "ann 1");
        }

        @Test
        void is_sent_in_frames_of_64_KiB() {
            connect(ANN);
            for (int i = 1; i <= 5; i++) {
                outstanding.add(message(30_000), i, 1, nowNanos + 10 * SECOND);
                number(i);
            }

            pass(1);

            assertThat(put).containsExactly("ann 1 2", "ann 3 4", "ann 5");
        }

        @Test
        void waits_for_room() {
            connect(ANN);
            add("x", 1);
            number(1);
            hasRoom = false;
            pass(1);

            hasRoom = true;
            outstanding.onWritable(ANN, nowNanos);

            assertThat(put).containsExactly("ann 1");
        }

        @Test
        void is_sent_again_a_second_later_to_a_keeper_that_was_busy() {
            connect(ANN);
            add("x", 1);
            number(1);
            pass(0.5);
            outstanding.onRefused(ANN, new KeeperFrame.Refused(EPOCH, 1, Refusal.BUSY), nowNanos);

            pass(0.9);
            assertThat(put).hasSize(1);
            pass(0.1);

            assertThat(put).containsExactly("ann 1", "ann 1");
        }

        @Test
        void is_unknown_after_the_deadline() {
            connect(ANN);
            connect(BOB);
            add("x", 2);
            number(1);
            kept(BOB, 1, 1);

            pass(10);

            assertThat(ended).containsExactly("x UNKNOWN by [bob]");
        }
    }

    @Nested
    class Keepers {

        @Test
        void that_all_refuse_end_it() {
            connect(ANN);
            connect(BOB);
            add("x", 1);
            number(1);

            outstanding.onRefused(ANN, new KeeperFrame.Refused(EPOCH, 1, Refusal.FAILED), nowNanos);
            assertThat(ended).isEmpty();
            outstanding.onRefused(BOB, new KeeperFrame.Refused(EPOCH, 1, Refusal.DISK_FULL), nowNanos);

            assertThat(ended).containsExactly("x DISK_FULL by []");
        }

        @Test
        void that_find_it_too_large_for_them_refuse_what_was_sent() {
            connect(ANN);
            add("x", 1);
            number(1);

            outstanding.onRefused(ANN, new KeeperFrame.Refused(EPOCH, 1, Refusal.TOO_LARGE), nowNanos);

            assertThat(ended).containsExactly("x REFUSED by []");
        }

        @Test
        void that_have_many_former_incarnations_are_believed() {
            connect(ANN);
            add("x", 1);
            for (long epoch = 100; epoch < 200; epoch++) {
                outstanding.onKept(ANN, new KeeperFrame.Kept(store(ANN), epoch, Sequences.of(1, 1)), ROUND_TRIP);
            }

            kept(ANN, 1, 1);
            number(1);

            assertThat(refused).isEmpty();
            assertThat(ended).containsExactly("x KEPT by [ann]");
        }

        @Test
        void that_change_their_store_on_one_connection_are_left() {
            connect(ANN);

            outstanding.onKept(ANN, new KeeperFrame.Kept(store(BOB), EPOCH, Sequences.NONE), ROUND_TRIP);

            assertThat(refused).containsExactly("ann another store on the same connection");
        }

        @Test
        void that_make_up_numbers_without_end_are_left() {
            connect(ANN);
            add("x", 1);
            for (int i = 0; i < 200 && refused.isEmpty(); i++) {
                Sequences sequences = Sequences.NONE;
                for (int j = 0; j < KeeperFrame.MAX_INTERVALS; j++) {
                    long number = 2L * (i * KeeperFrame.MAX_INTERVALS + j) + 1;
                    sequences = sequences.plus(number, number);
                }
                outstanding.onKept(ANN, new KeeperFrame.Kept(store(ANN), EPOCH, sequences), ROUND_TRIP);
            }

            assertThat(refused).containsExactly("ann too many intervals");
        }

        @Test
        void are_known() {
            connect(ANN);
            connect(BOB);
            outstanding.onGone(ANN);

            assertThat(outstanding.keepers()).isEqualTo(Set.of(BOB));
        }
    }

    @Test
    void what_waits_when_it_closes_ends_with_what_is_known() {
        connect(ANN);
        add("numbered", 1);
        number(1);
        add("published", 1);
        add("waiting", 2);

        outstanding.close();

        assertThat(ended)
                .containsExactly("waiting NO_KEEPER by []", "published UNKNOWN by []", "numbered UNKNOWN by []");
        assertThat(outstanding.size()).isZero();
    }
}
