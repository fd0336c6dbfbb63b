package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.MILLISECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.MemorySettings;
import io.chaski.core.internal.protocol.PublishOutcome.Status;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TreeFrame;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Graft;
import io.chaski.core.internal.wire.TreeFrame.IHave;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FlowControlTest extends TreeFixture {

    private static final long WINDOW = 1 << 20;

    /** Of the messages of this test, all with bodies of two bytes. */
    private static final int COST = 66;

    private TopicCredit live() {
        return new TopicCredit(topic.index(), false, false, false, false, false, 0, 0);
    }

    private TopicCredit limited(long granted) {
        return new TopicCredit(topic.index(), true, false, false, false, false, granted, 0);
    }

    private TopicCredit passedOn(long granted) {
        return new TopicCredit(topic.index(), true, false, false, true, false, granted, 0);
    }

    private TopicCredit question() {
        return new TopicCredit(topic.index(), false, true, false, false, false, 0, 0);
    }

    private void waitFor(long capacity) {
        context.room = capacity;
        context.capacity = capacity;
    }

    private static TopicCredit last(TestPeer peer) {
        return peer.credits.get(peer.credits.size() - 1);
    }

    private static long count(TestPeer peer) {
        return peer.sent.stream().filter(TestPeer.Data.class::isInstance).count();
    }

    private void publishMany(int count) {
        for (int i = 0; i < count; i++) {
            publish("ab");
        }
    }

    @Nested
    class What_this_node_takes {
        @Test
        void is_everything_while_no_subscription_waits() {
            neighbours(ann);
            assertThat(ann.credits).containsExactly(live());
        }

        @Test
        void is_what_a_subscription_that_waits_has_room_for() {
            waitFor(1_000);
            neighbours(ann);
            assertThat(ann.credits).containsExactly(limited(1_000));
        }

        @Test
        void is_at_least_one_message_at_first_so_that_it_is_waited_for() {
            waitFor(1_000);
            context.room = 0;
            neighbours(ann);
            assertThat(ann.credits).containsExactly(limited(1));
        }

        @Test
        void is_nothing_at_first_when_a_neighbour_has_waited_in_vain() {
            waitFor(1_000);
            context.room = 0;
            neighbours(ann);
            frame(ann, new TopicCredit(topic.index(), false, false, false, false, true, 0, 0));
            neighbours(bob);
            assertThat(bob.credits).containsExactly(limited(0));
            assertThat(context.heard).containsExactly(new NodeEvent.CutOff(topic.name(), ann.id()));
        }

        @Test
        void is_said_when_a_subscription_begins_to_wait_and_when_it_ends() {
            neighbours(ann);
            waitFor(1_000);
            broadcast.onRoom();
            waitFor(Long.MAX_VALUE);
            broadcast.onRoom();
            assertThat(ann.credits).containsExactly(live(), limited(1_000), live());
        }

        @Test
        void grows_in_steps_of_a_quarter() {
            waitFor(1_000);
            neighbours(ann);
            receive(ann, 1, 2, 3, 4);
            assertThat(ann.credits).hasSize(1);
            receive(ann, 5);
            assertThat(ann.credits).containsExactly(limited(1_000), limited(1_000 + 5 * COST));
        }

        @Test
        void grows_when_there_is_room_again() {
            waitFor(1_000);
            context.room = 0;
            neighbours(ann);
            receive(ann, 1);
            context.room = 1_000;
            broadcast.onRoom();
            assertThat(ann.credits).containsExactly(limited(1), limited(1_000 + COST));
        }

        @Test
        void is_told_to_whoever_asks() {
            waitFor(1_000);
            neighbours(ann);
            frame(ann, question());
            assertThat(ann.credits).containsExactly(limited(1_000), limited(1_000));
        }

        @Test
        void does_not_shrink_when_frames_are_lost() {
            waitFor(1_000);
            neighbours(ann);
            frame(ann, new TopicCredit(topic.index(), false, true, false, false, false, 0, 5_000));
            assertThat(last(ann)).isEqualTo(limited(6_000));
        }

        @Test
        void is_limited_if_it_leads_to_a_neighbour_that_is() {
            neighbours(ann, bob, cid);
            frame(ann, limited(1_000));
            assertThat(bob.credits).containsExactly(live(), passedOn(WINDOW));
            assertThat(cid.credits).containsExactly(live(), passedOn(WINDOW));
            assertThat(ann.credits).containsExactly(live());
            frame(ann, live());
            assertThat(bob.credits).containsExactly(live(), passedOn(WINDOW), live());
        }

        @Test
        void is_reported_a_moment_later_to_those_it_limits() {
            waitFor(1_000_000);
            neighbours(ann);
            context.advance(6 * SECOND);
            ann.takeSent();
            receive(ann, 1);
            context.advance(250 * MILLISECOND);
            assertThat(ann.sent).containsExactly(digest(seen(source, 0, 1)));
        }

        @Test
        void is_reported_with_what_lies_behind_a_gap() {
            waitFor(1_000_000);
            neighbours(ann);
            context.advance(6 * SECOND);
            ann.takeSent();
            receive(ann, 1, 3);
            context.advance(250 * MILLISECOND);
            assertThat(ann.sent).contains(digest(seen(source, 0, 3, range(source, 2, 2))));
        }

        @Test
        void is_reported_at_once_if_it_is_large_itself_included() {
            waitFor(10_000_000);
            neighbours(ann);
            context.advance(6 * SECOND);
            ann.takeSent();
            broadcast.onData(ann, source, 1, 1, HOP_LIMIT, 0, ArrayPayload.owning(new byte[700_000]));
            context.advance(0);
            assertThat(ann.sent).contains(digest(seen(source, 0, 1)));
        }

        @Test
        void is_reported_of_all_publishers_however_many_there_are() {
            waitFor(100_000_000);
            neighbours(ann);
            context.advance(6 * SECOND);
            ann.takeSent();
            for (int i = 0; i < 300; i++) {
                receive(ann, source(1_000 + i, 1), 1, 1);
            }
            context.advance(250 * MILLISECOND);
            List<Digest> digests = ann.sent.stream()
                    .filter(Digest.class::isInstance)
                    .map(Digest.class::cast)
                    .toList();
            assertThat(digests).hasSize(3).allMatch(digest -> !digest.replyWanted());
            assertThat(digests.stream()
                            .flatMap(digest -> digest.seen().stream())
                            .map(Seen::source))
                    .doesNotHaveDuplicates()
                    .hasSize(300);
        }
    }

    @Nested
    class A_neighbour_that_is_limited {
        @BeforeEach
        void limit() {
            neighbours(ann);
            frame(ann, limited(2 * COST));
            ann.takeSent();
        }

        @Test
        void is_sent_what_it_grants_and_told_that_it_is_owed_the_rest() {
            publishMany(3);
            assertThat(count(ann)).isEqualTo(2);
            assertThat(last(ann))
                    .isEqualTo(new TopicCredit(topic.index(), false, false, true, false, false, 0, 2 * COST));
            frame(ann, limited(10 * COST));
            assertThat(count(ann)).isEqualTo(3);
            assertThat(last(ann))
                    .isEqualTo(new TopicCredit(topic.index(), false, false, false, false, false, 0, 3 * COST));
        }

        @Test
        void is_sent_a_message_now_and_then_and_cut_off_after_thirty_seconds() {
            publishMany(10);
            List<Long> probes = new ArrayList<>();
            long begin = context.nowNanos;
            long before = count(ann);
            while (slow.isEmpty()) {
                context.advance(SECOND);
                long seconds = (context.nowNanos - begin) / SECOND;
                if (count(ann) > before) {
                    probes.add(seconds);
                    before = count(ann);
                }
                assertThat(seconds).isLessThanOrEqualTo(30);
            }
            assertThat(probes).containsExactly(1L, 3L, 7L, 15L, 23L);
            assertThat(context.nowNanos - begin).isEqualTo(30 * SECOND);
            assertThat(slow).containsExactly("ann");
            assertThat(ann.credits).anyMatch(TopicCredit::isCut);
            assertThat(context.heard).contains(new NodeEvent.SlowConsumer(topic.name(), ann.id()));
        }

        @Test
        void is_given_four_times_as_long_if_it_waits_for_others_itself() {
            frame(ann, passedOn(2 * COST));
            publishMany(40);
            context.advance(119 * SECOND);
            assertThat(slow).isEmpty();
            context.advance(2 * SECOND);
            assertThat(slow).containsExactly("ann");
        }

        @Test
        void is_sent_nothing_more_after_that_until_it_grants_something() {
            publishMany(10);
            context.advance(31 * SECOND);
            ann.takeSent();
            publishMany(1);
            assertThat(count(ann)).isZero();
            frame(ann, limited(1_000 * COST));
            publishMany(1);
            assertThat(count(ann)).isEqualTo(1);
        }

        @Test
        void is_not_blamed_for_a_time_in_which_this_node_stood_still() {
            publishMany(40);
            context.advance(29 * SECOND);
            broadcast.onNetworkChanged();
            context.advance(29 * SECOND);
            assertThat(slow).isEmpty();
            context.advance(2 * SECOND);
            assertThat(slow).containsExactly("ann");
        }

        @Test
        void makes_publishers_wait_when_it_is_owed_an_eighth_of_a_window() {
            int published = 0;
            while (publish("ab").status() == Status.ACCEPTED) {
                published++;
            }
            assertThat((published - 2) * COST).isBetween((int) WINDOW / 8, (int) WINDOW / 8 + COST);
            context.takeHeard();
            frame(ann, limited(published * COST));
            assertThat(context.heard).containsExactly("publishable");
            assertThat(publish("ab").status()).isEqualTo(Status.ACCEPTED);
        }

        @Test
        void makes_publishers_wait_when_it_is_not_known_to_have_half_a_window() {
            frame(ann, limited(100 * WINDOW));
            int published = 0;
            while (publish("ab").status() == Status.ACCEPTED) {
                published++;
            }
            assertThat(published * COST).isBetween((int) WINDOW / 2, (int) WINDOW / 2 + COST);
            Source own = ((TestPeer.Data) ann.sent.get(0)).source();
            ann.alias(own);
            frame(ann, digest(seen(own, 0, published)));
            assertThat(context.heard).containsExactly("publishable");
        }

        @Test
        void is_only_told_of_a_live_message_that_it_has_no_room_for_and_still_owed_the_others() {
            publishMany(5);
            ann.takeSent();
            assertThat(publishLive()).isEqualTo(Status.ACCEPTED);
            context.advance(ADVERT_DELAY);
            assertThat(count(ann)).isZero();
            assertThat(ann.sent).anyMatch(IHave.class::isInstance);
            frame(ann, limited(100 * COST));
            assertThat(count(ann)).as("what it was owed").isEqualTo(3);
        }

        @Test
        void is_sent_live_messages_all_the_same_if_it_only_waits_for_others_itself() {
            frame(ann, passedOn(2 * COST));
            publishMany(5);
            ann.takeSent();
            assertThat(publishLive()).isEqualTo(Status.ACCEPTED);
            assertThat(count(ann)).isEqualTo(1);
            frame(ann, passedOn(4 * COST));
            assertThat(count(ann))
                    .as("the live one took nothing of its credit but what came before it does")
                    .isEqualTo(2);
        }

        @Test
        void does_not_make_publishers_of_live_messages_wait_nor_others_wait_for_these() {
            frame(ann, limited(2 * COST));
            for (int i = 0; i < 20_000; i++) {
                assertThat(publishLive()).isEqualTo(Status.ACCEPTED);
            }
            assertThat(publish("ab").status()).isEqualTo(Status.ACCEPTED);
        }

        @Test
        void is_owed_what_it_was_however_many_live_messages_follow() {
            publishMany(5);
            ann.takeSent();
            for (int i = 0; i < 20_000; i++) {
                assertThat(publishLive()).isEqualTo(Status.ACCEPTED);
            }
            frame(ann, limited(100 * COST));
            assertThat(count(ann)).isEqualTo(3);
            assertThat(context.counters.get("flow.overrun")).isZero();
            assertThat(context.counters.get("flow.live-not-kept")).isPositive();
        }

        @Test
        void that_is_behind_does_not_make_one_without_room_of_its_own_pass_for_one_that_only_waits() {
            neighbours(bob);
            waitFor(0);
            frame(ann, limited(1));
            while (publish("ab").status() == Status.ACCEPTED) {
                context.takeHeard();
            }
            broadcast.onRoom();
            frame(bob, question());
            assertThat(last(bob).isPassedOn()).isFalse();
        }

        private Status publishLive() {
            return broadcast
                    .publish(Source.MESSAGES, HOP_LIMIT, true, payload("ab"))
                    .status();
        }

        @Test
        void gets_what_it_was_owed_if_it_is_back_within_two_seconds() {
            publishMany(10);
            ann.up = false;
            broadcast.onNeighbourDown(ann);
            context.advance(1_900 * MILLISECOND);
            TestPeer again = new TestPeer("ann");
            neighbours(again);
            assertThat(count(again)).isEqualTo(10);
        }

        @Test
        void gets_what_it_was_owed_if_this_node_makes_the_link_anew() {
            publishMany(10);
            broadcast.onNeighbourAway(ann);
            TestPeer again = new TestPeer("ann");
            neighbours(again);
            assertThat(count(again)).isEqualTo(10);
        }

        @Test
        void is_asked_what_it_has_when_this_node_means_to_leave() {
            publishMany(3); // one more than it takes
            assertThat(broadcast.isOwing()).isTrue();
            assertThat(ann.sent).noneMatch(sent -> sent instanceof Digest asked && asked.replyWanted());
            frame(ann, limited(WINDOW));
            assertThat(broadcast.isOwing()).as("it has been sent everything").isTrue();
            assertThat(ann.sent)
                    .as("and is asked once")
                    .filteredOn(sent -> sent instanceof Digest asked && asked.replyWanted())
                    .hasSize(1);
            Source own = ((TestPeer.Data) ann.sent.stream()
                            .filter(TestPeer.Data.class::isInstance)
                            .findFirst()
                            .orElseThrow())
                    .source();
            ann.alias(own);
            frame(ann, digest(seen(own, 0, 3)));
            assertThat(broadcast.isOwing()).isFalse();
        }

        @Test
        void is_given_up_in_the_end_however_often_it_comes_back() {
            publishMany(40);
            TestPeer present = ann;
            for (int i = 0; slow.isEmpty(); i++) {
                assertThat(i).isLessThan(5);
                context.advance(9 * SECOND);
                present.up = false;
                broadcast.onNeighbourDown(present);
                context.advance(SECOND);
                present = new TestPeer("ann");
                neighbours(present);
                frame(present, limited(1));
                publishMany(4_000);
            }
        }

        @Test
        void is_forgotten_after_that() {
            publishMany(10);
            ann.up = false;
            broadcast.onNeighbourDown(ann);
            context.advance(2_100 * MILLISECOND);
            TestPeer again = new TestPeer("ann");
            neighbours(again);
            assertThat(count(again)).isZero();
        }
    }

    @Nested
    class When_there_is_no_memory {
        private static final TreeSettings FEW_SLOTS = new TreeSettings(
                TreeSettings.DEFAULT_MAX_BODY_BYTES,
                TreeSettings.Links.DEFAULTS,
                TreeSettings.Repair.DEFAULTS,
                TreeSettings.Order.DEFAULTS,
                new TreeSettings.Cache(30 * SECOND, 64, 16 << 20, SECOND),
                TreeSettings.Flow.DEFAULTS,
                TreeSettings.Sources.DEFAULTS,
                TreeSettings.Limits.DEFAULTS);

        private TestContext withLittle(TreeSettings settings, MemorySettings memory) {
            return new TestContext(new NodeId(0, 1), 1, settings, memory);
        }

        private Broadcast tree(TestContext node) {
            Broadcast tree = new Broadcast(node, node.names.retainTopic("topic"), true, peer -> {});
            tree.onNeighbourUp(ann);
            node.advance(ADVERT_DELAY);
            return tree;
        }

        private static Status publish(Broadcast tree) {
            return tree.publish(Source.MESSAGES, HOP_LIMIT, false, payload("ab"))
                    .status();
        }

        @Test
        void because_other_topics_have_taken_it_publishers_wait_all_the_same_and_nothing_is_lost() {
            TestContext poor = withLittle(TreeSettings.DEFAULTS, new MemorySettings(0, 0));
            Broadcast tree = tree(poor);
            tree.onFrame(ann, limited(2 * COST));
            int published = 0;
            while (publish(tree) == Status.ACCEPTED) {
                assertThat(++published).isLessThan(10_000);
            }
            assertThat(published * COST).isBetween((int) WINDOW / 8, (int) WINDOW / 8 + 4 * COST);
            tree.onFrame(ann, limited(WINDOW));
            assertThat(count(ann)).isEqualTo(published);
            assertThat(poor.counters.get("flow.overrun")).isZero();
            assertThat(poor.counters.get("flow.not-kept")).isZero();
        }

        @Test
        void in_the_table_of_what_is_kept_the_neighbour_gets_gaps_and_it_is_counted() {
            TestContext poor = withLittle(FEW_SLOTS, MemorySettings.DEFAULTS);
            Broadcast tree = tree(poor);
            tree.onFrame(ann, limited(1));
            for (int i = 0; i < 100; i++) {
                assertThat(publish(tree)).isEqualTo(Status.ACCEPTED);
            }
            assertThat(poor.counters.get("flow.overrun")).isPositive();
            assertThat(tree.eager()).as("it pulls what it still can").isEmpty();
        }
    }

    @Nested
    class What_is_owed {
        private void expectOwn(Integer... seqs) {
            assertThat(ann.sent.stream()
                            .filter(TestPeer.Data.class::isInstance)
                            .map(TestPeer.Data.class::cast)
                            .filter(data -> data.source().origin().equals(context.self))
                            .map(data -> (int) data.seq()))
                    .containsExactly(seqs);
        }

        @Test
        void is_all_sent_although_the_neighbour_has_a_part_of_it_already() {
            neighbours(ann, bob);
            frame(ann, limited(COST));
            publishMany(2);
            advertise(ann, 1, 1, 3);
            receive(bob, 1);
            publishMany(1);
            frame(ann, limited(100 * COST));
            expectOwn(1, 2, 3);
        }

        @Test
        void is_not_sent_if_its_publisher_has_been_replaced_since() {
            neighbours(ann, bob);
            frame(ann, limited(COST));
            publishMany(1);
            receive(bob, 1);
            publishMany(1);
            receive(bob, source(100, 2), 1, 1);
            receive(bob, source(100, 3), 1, 1);
            frame(ann, limited(100 * COST));
            expectOwn(1, 2);
            assertThat(ann.sent).doesNotContain(data(1, 2));
        }

        @Test
        void is_nobodys_business_any_more_when_the_tree_is_closed() {
            neighbours(ann);
            frame(ann, limited(COST));
            assertThat(publishUntilBlocked()).isPositive();
            context.takeHeard();
            broadcast.close();
            assertThat(context.heard).containsExactly("publishable");
        }
    }

    private int publishUntilBlocked() {
        int published = 0;
        while (publish("ab").status() == Status.ACCEPTED) {
            published++;
        }
        return published;
    }

    @Nested
    class What_a_neighbour_is_not_known_to_have {
        private Source own;

        @BeforeEach
        void limit() {
            neighbours(ann, bob);
            frame(ann, limited(100 * WINDOW));
            frame(bob, live());
            publish("ab");
            own = ((TestPeer.Data) ann.sent.get(ann.sent.size() - 1)).source();
            ann.alias(own);
            frame(ann, digest(seen(own, 0, 1)));
        }

        @Test
        void is_waited_for_anew_after_a_long_silence() {
            context.advance(60 * SECOND);
            publish("x".repeat(600 << 10));
            context.advance(29 * SECOND);
            assertThat(slow).isEmpty();
            assertThat(context.counters.snapshot()).doesNotContainKey("flow.given-up");
            context.advance(3 * SECOND);
            assertThat(slow).containsExactly("ann");
        }

        @Test
        void does_not_hold_publishers_up_for_ever_if_it_is_a_little_less_than_a_half() {
            int published = publishUntilBlocked() + 1;
            frame(ann, digest(seen(own, 0, published - ((int) WINDOW / 2 - 1_000) / COST)));
            context.takeHeard();
            assertThat(publish("ab").status()).isEqualTo(Status.BLOCKED);
            context.advance(33 * SECOND);
            assertThat(context.heard).contains("publishable");
            assertThat(slow).containsExactly("ann");
        }

        @Test
        void is_given_up_without_a_word_if_it_holds_nobody_up() {
            publish("ab");
            context.advance(33 * SECOND);
            assertThat(slow).isEmpty();
            assertThat(context.counters.get("flow.given-up")).isEqualTo(1);
        }

        @Test
        void is_not_what_it_has_behind_a_gap_that_is_one_here_too() {
            receiveWithout(2);
            frame(ann, digest(seen(source, 0, LAST, range(source, 2, 2))));
            assertThat(context.heard).contains("publishable");
        }

        @Test
        void is_all_that_follows_a_gap_that_is_none_here() {
            receiveWithout(2);
            frame(ann, digest(seen(source, 0, LAST, range(source, 2, 3))));
            assertThat(context.heard).doesNotContain("publishable");
            frame(ann, digest(seen(source, 0, LAST, range(source, 2, 2))));
            assertThat(context.heard).contains("publishable");
        }

        @Test
        void is_what_lies_behind_the_last_gap_that_finds_room_in_its_word() {
            receiveWithout(2, 4, 6, 8, 10, 12, 14, 16);
            Range[] gaps = new Range[TreeFrame.MAX_GAPS];
            for (int i = 0; i < gaps.length; i++) {
                gaps[i] = range(source, 2 + 2 * i, 2 + 2 * i);
            }
            frame(ann, digest(seen(source, 0, LAST, gaps)));
            assertThat(context.heard).doesNotContain("publishable");
            frame(ann, digest(seen(source, 0, LAST, Arrays.copyOf(gaps, gaps.length - 1))));
            assertThat(context.heard).contains("publishable");
        }

        private static final int LAST = 160;

        /** More than half a window, and less than may be held back. */
        private void receiveWithout(long... missing) {
            for (long seq = 1; seq <= LAST; seq++) {
                if (Arrays.binarySearch(missing, seq) < 0) {
                    broadcast.onData(bob, source, seq, 1, HOP_LIMIT, 0, payload("x".repeat(4 << 10)));
                }
            }
            assertThat(publish("ab").status()).isEqualTo(Status.BLOCKED);
            context.takeHeard();
        }

        @Test
        void is_known_from_several_digests_if_one_has_no_room_for_all_publishers() {
            List<Source> sources = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sources.add(source(1_000 + i, 1));
                bob.alias(sources.get(i));
                ann.alias(sources.get(i));
                broadcast.onData(bob, sources.get(i), 1, 1, HOP_LIMIT, 0, payload("x".repeat(4 << 10)));
            }
            assertThat(publish("ab").status()).isEqualTo(Status.BLOCKED);
            context.takeHeard();
            for (int half = 0; half < 2; half++) {
                List<Seen> seen = new ArrayList<>();
                for (int i = half; i < 200; i += 2) {
                    seen.add(seen(sources.get(i), 0, 1));
                }
                frame(ann, digest(seen.toArray(new Seen[0])));
            }
            assertThat(context.heard).contains("publishable");
        }
    }

    /** And may not send, because a neighbour on a lazy link is behind: so are the ends of the tree of a ring, each with the other. */
    @Nested
    class What_an_eager_neighbour_owes {
        private static final int MESSAGE = 60 << 10;

        /** Of these messages, which is a little more than a window. */
        private static final int WINDOW_FULL = 17;

        private long come;

        private void takeAndAreOwedMore(int messages) {
            waitFor(100 * WINDOW);
            neighbours(ann, bob, cid);
            frame(bob, live());
            frame(cid, limited(100 * WINDOW));
            for (come = 1; come <= messages; come++) {
                broadcast.onData(ann, source, come, 1, HOP_LIMIT, 0, payload("x".repeat(MESSAGE)));
            }
            frame(ann, new TopicCredit(topic.index(), false, false, true, false, false, 0, 0));
            advertise(cid, come, come, 1);
            cid.sent.clear();
        }

        private boolean isAskedFor() {
            return cid.sent.stream()
                    .anyMatch(sent ->
                            sent instanceof Graft asked && asked.ranges().contains(range(source, come, come)));
        }

        @Test
        void is_asked_for_elsewhere_soon_if_the_lazy_one_stands_still() {
            takeAndAreOwedMore(WINDOW_FULL);
            context.advance(SECOND);
            assertThat(isAskedFor()).isFalse();
            context.advance(4 * SECOND);
            assertThat(isAskedFor()).isTrue();
        }

        @Test
        void is_waited_for_if_the_lazy_one_is_slow_and_moves() {
            takeAndAreOwedMore(WINDOW_FULL);
            cid.alias(source);
            for (int seen = 1; seen <= 2; seen++) {
                frame(cid, digest(seen(source, 0, seen)));
                context.advance(2 * SECOND);
            }
            assertThat(isAskedFor()).isFalse();
        }

        @Test
        void is_waited_for_while_the_eager_one_has_credit_left() {
            takeAndAreOwedMore(WINDOW_FULL - 3);
            context.advance(10 * SECOND);
            assertThat(isAskedFor()).isFalse();
        }

        @Test
        void is_asked_for_elsewhere_after_twenty_seconds_whatever_the_reason() {
            takeAndAreOwedMore(WINDOW_FULL - 3);
            context.advance(25 * SECOND);
            assertThat(isAskedFor()).isTrue();
        }
    }

    @Nested
    class Hostile_words_about_credit {
        @Test
        void that_claim_more_than_anybody_can_have_sent_are_ignored() {
            neighbours(ann, bob);
            frame(ann, new TopicCredit(topic.index(), false, true, false, false, false, 0, Long.MAX_VALUE));
            waitFor(1_000);
            broadcast.onRoom();
            assertThat(last(ann)).isEqualTo(limited(1_000));
            assertThat(last(bob)).isEqualTo(limited(1_000));
            assertThat(ann.blamed).containsExactly("flow.bad-credit");
        }

        @Test
        void that_grant_more_than_there_is_cost_nothing() {
            neighbours(ann);
            frame(ann, limited(Long.MAX_VALUE));
            publishMany(100);
            assertThat(count(ann)).isEqualTo(100);
            assertThat(ann.blamed).isEmpty();
        }
    }

    @Nested
    class A_neighbour_that_grants_nothing_at_first {
        @Test
        void is_told_of_messages_only() {
            neighbours(ann);
            frame(ann, limited(0));
            ann.takeSent();
            publish("ab");
            context.advance(ADVERT_DELAY);
            assertThat(count(ann)).isZero();
            assertThat(ann.sent).hasSize(1);
            assertThat(publish("ab").status()).isEqualTo(Status.ACCEPTED);
        }
    }

    @Nested
    class A_neighbour_that_says_nothing {
        @Test
        void is_sent_a_quarter_of_a_mebibyte_and_a_second_later_everything() {
            neighbours(ann);
            String large = "x".repeat(64 << 10);
            for (int i = 0; i < 6; i++) {
                publish(large);
            }
            assertThat(count(ann)).isEqualTo(4);
            context.advance(SECOND);
            assertThat(count(ann)).isEqualTo(6);
        }
    }

    @Nested
    class A_neighbour_that_speaks_late {
        @Test
        void is_not_owed_what_was_forgotten_before() {
            neighbours(ann);
            publish("ab");
            Source own = ((TestPeer.Data) ann.sent.get(ann.sent.size() - 1)).source();
            ann.alias(own);
            context.advance(60 * SECOND);
            publish("ab");
            frame(ann, limited(WINDOW));
            frame(ann, digest(seen(own, 0, 2)));
            publishMany(3);
            frame(ann, digest(seen(own, 0, 5)));
            context.advance(60 * SECOND);
            assertThat(context.counters.snapshot()).doesNotContainKey("flow.given-up");
            assertThat(slow).isEmpty();
        }
    }

    @Nested
    class A_neighbour_whose_link_was_broken {
        @Test
        void may_send_copies_without_its_link_being_pruned() {
            waitFor(1_000_000);
            neighbours(ann, bob);
            receive(ann, 1, 2, 3);
            frame(bob, new TopicCredit(topic.index(), false, false, true, false, false, 0, 0));
            bob.takeSent();
            receive(bob, 1, 2, 3);
            context.advance(PRUNE_DELAY);
            assertThat(bob.sent).doesNotContain(prune());
        }
    }
}
