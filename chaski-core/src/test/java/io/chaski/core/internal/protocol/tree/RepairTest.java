package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.MILLISECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.tree.TestContext.Missed;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Graft;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RepairTest extends TreeFixture {

    @BeforeEach
    void meet() {
        neighbours(ann, bob, cid, dan);
    }

    @Nested
    class When_a_message_is_advertised {
        @Test
        void the_tree_has_three_round_trips_to_bring_it() {
            advertise(cid, 1, 1, 1);
            context.advance(3 * RTT - 1);
            assertThat(cid.sent).isEmpty();
            receive(ann, 1);
            cid.takeSent();
            context.advance(10 * SECOND);
            assertThat(cid.sent).doesNotContain(graft(true, range(source, 1, 1)));
        }

        /** Whose connection is full for seconds answers a PING as late; the others are as near as ever. */
        @Test
        void a_neighbour_that_is_far_slower_than_the_others_makes_nobody_wait_for_it() {
            ann.rttNanos = 10 * SECOND;
            advertise(cid, 1, 1, 1);
            context.advance(3 * RTT - 1);
            assertThat(cid.sent).isEmpty();
            context.advance(6 * 3 * RTT);
            assertThat(cid.sent).startsWith(graft(true, range(source, 1, 1)));
        }

        @Test
        void the_advertiser_is_asked_for_it_afterwards_and_becomes_eager() {
            advertise(cid, 1, 3, 1);
            context.advance(PATIENCE);
            assertThat(cid.sent).containsExactly(graft(true, range(source, 1, 3)));
            assertThat(broadcast.eager()).containsExactly(ann, bob, cid);
            receive(cid, 1, 2, 3);
            assertThat(context.heard).containsExactly(delivered(1), delivered(2), delivered(3));
            assertThat(broadcast.stats().wanted()).isZero();
        }

        @Test
        void the_next_advertiser_is_asked_when_the_first_does_not_answer() {
            advertise(cid, 1, 1, 1);
            advertise(dan, 1, 1, 1);
            context.advance(PATIENCE);
            assertThat(cid.takeSent()).hasSize(1);
            context.advance(ANSWER);
            assertThat(dan.takeSent()).containsExactly(graft(false, range(source, 1, 1)));
            context.advance(ANSWER);
            assertThat(cid.sent).containsExactly(graft(false, range(source, 1, 1)));
        }

        @Test
        void the_next_advertiser_is_asked_at_once_when_the_first_refuses() {
            advertise(cid, 1, 1, 1);
            advertise(dan, 1, 1, 1);
            context.advance(PATIENCE);
            frame(cid, noHave(range(source, 1, 1)));
            context.advance(0);
            context.advance(0);
            assertThat(dan.sent).containsExactly(graft(false, range(source, 1, 1)));
        }

        @Test
        void each_advertiser_is_asked_three_times_at_most() {
            advertise(cid, 1, 1, 1);
            advertise(dan, 1, 1, 1);
            context.advance(5 * SECOND);
            assertThat(cid.sent).filteredOn(sent -> sent instanceof Graft).hasSize(3);
            assertThat(dan.sent).filteredOn(sent -> sent instanceof Graft).hasSize(3);
            assertThat(broadcast.stats().wanted()).isZero();
        }

        @Test
        void an_advertiser_next_door_that_is_busy_for_300_ms_is_not_given_up() {
            for (TestPeer peer : List.of(ann, bob, cid, dan)) {
                peer.rttNanos = MILLISECOND / 10;
            }
            advertise(cid, 1, 1, 1);
            while (cid.sent.isEmpty()) {
                context.advance(MILLISECOND);
            }
            context.advance(300 * MILLISECOND);
            assertThat(cid.sent).filteredOn(sent -> sent instanceof Graft).hasSize(3);
            assertThat(broadcast.stats().wanted()).isEqualTo(1);

            context.advance(400 * MILLISECOND);
            assertThat(broadcast.stats().wanted()).as("wanted after 620 ms").isZero();
        }

        @Test
        void the_first_round_on_a_fast_link_takes_no_longer_than_before() {
            for (TestPeer peer : List.of(ann, bob, cid, dan)) {
                peer.rttNanos = MILLISECOND / 10;
            }
            advertise(cid, 1, 1, 1);
            advertise(dan, 1, 1, 1);
            while (cid.sent.isEmpty()) {
                context.advance(MILLISECOND);
            }
            context.advance(21 * MILLISECOND);
            assertThat(dan.sent).containsExactly(graft(false, range(source, 1, 1)));
        }

        @Test
        void a_thousand_are_asked_for_at_once() {
            advertise(cid, 1, 1_000, 1);
            context.advance(PATIENCE);
            assertThat(cid.sent).containsExactly(graft(true, range(source, 1, 1_000)));
        }

        @Test
        void what_is_more_than_can_be_noted_is_asked_for_when_that_has_come() {
            advertise(cid, 1, 2_000, 1);
            context.advance(PATIENCE);
            assertThat(cid.takeSent()).containsExactly(graft(true, range(source, 1, 1_024)));
            receive(cid, LongStream.rangeClosed(1, 1_024).toArray());
            context.advance(ADVERT_DELAY);
            assertThat(cid.sent).contains(new Digest(topic.index(), true, List.of(seen(source, 1, 1_024))));
        }

        @Test
        void another_is_asked_at_once_when_the_one_that_was_asked_is_gone() {
            advertise(cid, 1, 1, 1);
            advertise(dan, 1, 1, 1);
            context.advance(PATIENCE);
            broadcast.onNeighbourDown(cid);
            context.advance(0);
            context.advance(0);
            assertThat(dan.sent).containsExactly(graft(false, range(source, 1, 1)));
        }

        @Test
        void it_is_asked_for_at_once_when_a_parent_is_gone() {
            advertise(cid, 1, 1, 1);
            broadcast.onNeighbourDown(ann);
            context.advance(0);
            context.advance(0);
            assertThat(cid.sent).containsExactly(graft(true, range(source, 1, 1)));
        }

        @Test
        void a_pause_of_the_process_does_not_count() {
            advertise(cid, 1, 1, 1);
            context.nowNanos += 60 * SECOND;
            broadcast.onNetworkChanged();
            context.advance(3 * RTT - 1);
            assertThat(cid.sent).isEmpty();
        }
    }

    @Nested
    class When_the_tree_is_broken {
        @Test
        void one_link_mends_it_and_brings_everything_else_too() {
            advertise(cid, 1, 1, 1);
            advertise(dan, 1, 1, 1);
            context.advance(50_000_000);
            advertise(cid, 2, 2, 1);
            advertise(dan, 2, 2, 1);
            context.advance(PATIENCE);
            assertThat(cid.sent).containsExactly(graft(true, range(source, 1, 2)));
            receive(cid, 1, 2);
            context.advance(SECOND);
            assertThat(dan.sent).doesNotContain(graft(true, range(source, 2, 2)));
        }

        /** Dan and Cid have told of as many as Cid may leave unanswered, which are not due for long; then Cid tells of one more. */
        @Test
        void what_comes_along_leaves_room_for_the_reason_that_was_noted_last() {
            int most = TreeSettings.DEFAULTS.repair().maxOutstanding();
            setRoundTrips(SECOND);
            advertise(dan, 1, most, 1);
            advertise(cid, 1, most, 1);
            setRoundTrips(RTT);
            advertise(cid, most + 1, most + 1, 1);
            while (cid.sent.isEmpty()) {
                context.advance(MILLISECOND);
            }
            assertThat(cid.sent)
                    .containsExactly(graft(true, range(source, 1, most - 1), range(source, most + 1, most + 1)));
            Map<String, Long> sizes = new HashMap<>();
            broadcast.tellTables((table, size, bound) -> sizes.put(table, size));
            assertThat(sizes).containsEntry("requests unanswered by one neighbour", (long) most);
        }

        private void setRoundTrips(long nanos) {
            for (TestPeer peer : List.of(ann, bob, cid, dan)) {
                peer.rttNanos = nanos;
            }
        }
    }

    @Nested
    class When_a_neighbour_was_asked_to_mend_the_tree {
        @BeforeEach
        void ask() {
            advertise(cid, 1, 1, 1);
            while (cid.sent.isEmpty()) {
                context.advance(MILLISECOND);
            }
            assertThat(cid.takeSent()).containsExactly(graft(true, range(source, 1, 1)));
        }

        @Test
        void what_it_tells_of_before_it_can_have_heard_that_is_asked_for_at_once() {
            context.advance(ANSWER - 2 * MILLISECOND);
            advertise(cid, 2, 3, 1);
            askWhatIsDue();
            assertThat(cid.sent).containsExactly(graft(false, range(source, 2, 3)));
        }

        @Test
        void also_if_somebody_else_has_told_of_it_before() {
            advertise(dan, 2, 2, 1);
            askWhatIsDue();
            assertThat(dan.sent).isEmpty();
            advertise(cid, 2, 2, 1);
            askWhatIsDue();
            assertThat(dan.sent).as("whoever told of it first").containsExactly(graft(false, range(source, 2, 2)));
        }

        @Test
        void but_not_once_more_if_it_has_been_asked_for() {
            advertise(cid, 2, 2, 1);
            askWhatIsDue();
            cid.takeSent();
            advertise(cid, 2, 2, 1);
            askWhatIsDue();
            assertThat(cid.sent).isEmpty();
        }

        @Test
        void what_it_tells_of_later_has_the_time_of_three_round_trips_to_come() {
            receive(cid, 1);
            context.advance(ANSWER);
            advertise(cid, 2, 2, 1);
            context.advance(3 * RTT - 1);
            assertThat(cid.sent).isEmpty();
        }

        @Test
        void and_so_has_what_only_others_tell_of() {
            receive(cid, 1);
            context.advance(ADVERT_DELAY);
            dan.takeSent();
            advertise(dan, 2, 2, 1);
            context.advance(3 * RTT - 1);
            assertThat(dan.sent).isEmpty();
        }

        /** First the timer of what is wanted, then that of all that is due. */
        private void askWhatIsDue() {
            context.advance(0);
            context.advance(0);
        }
    }

    @Nested
    class When_a_message_leaves_a_gap {
        @BeforeEach
        void leaveOne() {
            receive(ann, 1, 4);
            ann.takeSent();
        }

        @Test
        void its_sender_is_asked_for_what_lies_between_without_touching_the_tree() {
            context.advance(PATIENCE);
            assertThat(ann.sent).containsExactly(graft(false, range(source, 2, 3)));
            receive(ann, 2, 3);
            assertThat(context.heard).containsExactly(delivered(1), delivered(2), delivered(3), delivered(4));
        }

        @Test
        void a_gap_stands_after_two_seconds_while_somebody_may_still_fill_it() {
            context.advance(2 * SECOND - 1);
            advertise(cid, 2, 3, 1);
            context.advance(3 * RTT);
            assertThat(context.heard).containsExactly(delivered(1));
            receive(cid, 2, 3);
            assertThat(context.heard).containsExactly(delivered(1), delivered(2), delivered(3), delivered(4));
        }

        @Test
        void only_what_nobody_has_is_given_up() {
            context.advance(2 * SECOND - 1);
            advertise(cid, 3, 3, 1);
            context.advance(3 * RTT);
            receive(cid, 3);
            context.advance(0);
            assertThat(context.heard)
                    .containsExactly(delivered(1), new Missed(source, 2, 2), delivered(3), delivered(4));
        }

        @Test
        void a_jump_of_a_thousand_million_is_one_gap_though_its_head_is_asked_for() {
            context.advance(10 * SECOND);
            context.takeHeard();
            receive(ann, 1_000_000_000);
            context.advance(10 * SECOND);
            assertThat(context.heard).containsExactly(new Missed(source, 5, 999_999_999), delivered(1_000_000_000));
            assertThat(broadcast.stats().wanted()).isZero();
        }

        @Test
        void a_jump_whose_sender_refuses_what_it_is_asked_for_is_given_up_within_three_seconds() {
            receive(ann, 2, 3);
            context.takeHeard();
            receive(ann, 1_000_000_000);
            for (int turn = 0; turn < 30; turn++) {
                context.advance(SECOND / 10);
                refuseWhatIsAsked(ann);
            }
            assertThat(context.heard).containsExactly(new Missed(source, 5, 999_999_999), delivered(1_000_000_000));
        }

        @Test
        void no_gap_stands_for_longer_than_ten_seconds() {
            for (TestPeer peer : List.of(bob, cid, dan)) {
                peer.rttNanos = SECOND;
                advertise(peer, 2, 3, 1);
            }
            context.advance(10 * SECOND - 1);
            assertThat(context.heard).containsExactly(delivered(1));
            context.advance(1);
            assertThat(context.heard).containsExactly(delivered(1), new Missed(source, 2, 3), delivered(4));
        }
    }

    private void refuseWhatIsAsked(TestPeer asked) {
        for (Object sent : asked.takeSent()) {
            if (sent instanceof Graft graft) {
                frame(asked, noHave(graft.ranges().toArray(Range[]::new)));
            }
        }
    }

    @Nested
    class When_the_first_message_heard_of_a_source_is_not_its_first {
        @Test
        void a_neighbour_that_loses_questions_is_asked_for_what_lies_before_until_it_answers() {
            receive(ann, 2);
            context.advance(7 * SECOND);
            assertThat(context.heard).isEmpty();
            assertThat(ann.takeSent()).filteredOn(sent -> sent instanceof Graft).hasSizeGreaterThan(6);
            receive(ann, 1);
            assertThat(context.heard).containsExactly(delivered(1), delivered(2));
        }

        @Test
        void its_refusal_is_enough() {
            receive(ann, 2);
            context.advance(0);
            frame(ann, noHave(range(source, 1, 1)));
            context.advance(0);
            context.advance(0);
            assertThat(context.heard).containsExactly(delivered(2));
        }

        @Test
        void nothing_waits_for_longer_than_ten_seconds() {
            receive(ann, 2);
            context.advance(10 * SECOND);
            assertThat(context.heard).containsExactly(delivered(2));
            assertThat(broadcast.stats().wanted()).isZero();
        }
    }

    @Nested
    class When_an_advertiser_does_not_keep_its_word {
        @Test
        void it_is_demoted_after_three_failures_and_asked_last() {
            for (int seq = 1; seq <= 3; seq++) {
                advertise(cid, seq, seq, 1);
                context.advance(PATIENCE);
                frame(cid, noHave(range(source, seq, seq)));
            }
            assertThat(cid.sent).contains(prune());
            assertThat(context.counters.get("tree.advertiser-demoted")).isEqualTo(1);
            cid.takeSent();
            advertise(cid, 9, 9, 1);
            advertise(dan, 9, 9, 1);
            context.advance(PATIENCE);
            assertThat(dan.sent).isNotEmpty();
            assertThat(cid.sent).isEmpty();
        }
    }

    @Nested
    class When_a_question_about_many_messages_is_not_answered {
        @BeforeEach
        void ask() {
            advertise(cid, 1, 5, 1);
            context.advance(PATIENCE);
            assertThat(cid.takeSent()).containsExactly(graft(true, range(source, 1, 5)));
        }

        @Test
        void the_neighbour_has_failed_once() {
            context.advance(ANSWER);
            assertThat(context.counters.get("tree.advertiser-demoted")).isZero();
            assertThat(broadcast.eager()).contains(cid);
        }

        @Test
        void and_once_when_it_refuses_each_of_them() {
            for (int seq = 1; seq <= 5; seq++) {
                frame(cid, noHave(range(source, seq, seq)));
            }
            assertThat(context.counters.get("tree.advertiser-demoted")).isZero();
        }
    }

    @Nested
    class When_a_neighbour_asks {
        @Test
        void it_gets_what_is_kept_and_a_refusal_for_the_rest() {
            receive(ann, 1);
            receive(ann, source, 2, 4);
            cid.takeSent();
            frame(cid, graft(false, range(source, 1, 4)));
            assertThat(cid.sent).containsExactly(data(1, 2), data(2, 5), noHave(range(source, 3, 4)));
            assertThat(broadcast.eager()).as("it asked for messages only").containsExactly(ann, bob);
        }

        @Test
        void it_gets_what_it_asked_for_again_and_again_while_its_connection_was_full() {
            receive(ann, 1);
            cid.takeSent();
            cid.writable = false;
            for (int i = 0; i < 5; i++) {
                frame(cid, graft(false, range(source, 1, 1)));
            }
            assertThat(cid.takeSent()).hasSize(5).containsOnly(noHave(range(source, 1, 1)));
            cid.writable = true;
            broadcast.onWritability(cid);
            frame(cid, graft(false, range(source, 1, 1)));
            assertThat(cid.sent).contains(data(1, 2));
        }

        @Test
        void what_this_node_still_wants_itself_is_not_refused() {
            receive(ann, 1, 3);
            cid.takeSent();
            frame(cid, graft(false, range(source, 1, 3)));
            assertThat(cid.sent).containsExactly(data(1, 2), data(3, 2));
        }

        @Test
        void what_this_node_still_wants_itself_is_sent_once_as_soon_as_it_comes() {
            receive(ann, 1, 3);
            frame(cid, graft(false, range(source, 2, 2)));
            frame(cid, graft(false, range(source, 2, 2)));
            context.advance(ADVERT_DELAY);
            cid.takeSent();
            receive(ann, 2);
            context.advance(ADVERT_DELAY);
            assertThat(cid.sent).as("a lazy neighbour").containsExactly(data(2, 2));
            assertThat(bob.sent).contains(data(2, 2));
        }

        @Test
        void to_a_neighbour_that_is_owed_something_as_well_and_that_is_paid_later() {
            frame(ann, new TopicCredit(topic.index(), true, false, false, false, false, 1, 0));
            receive(bob, 1, 2, 5);
            assertThat(ann.sent).contains(data(1, 2)).doesNotContain(data(2, 2));
            frame(ann, graft(false, range(source, 3, 3)));
            receive(bob, 3, 4);
            assertThat(ann.sent).contains(data(3, 2)).doesNotContain(data(2, 2));
            frame(ann, new TopicCredit(topic.index(), true, false, false, false, false, 1 << 20, 0));
            assertThat(ann.sent).contains(data(2, 2), data(4, 2), data(5, 2));
        }

        @Test
        void a_live_message_goes_once_to_a_neighbour_that_asked_for_it_and_is_owed_others() {
            frame(ann, new TopicCredit(topic.index(), true, false, false, true, false, 1, 0));
            receive(bob, 1, 2, 5);
            frame(ann, graft(false, range(source, 3, 3)));
            ann.takeSent();
            broadcast.onData(bob, source, 3, 1, HOP_LIMIT, Broadcast.LIVE, payload(text(3)));
            assertThat(ann.takeSent()).filteredOn(data(3, 2)::equals).hasSize(1);
        }

        @Test
        void a_source_it_never_announced_is_ignored_and_counted() {
            frame(cid, graft(false, new Range(999, 1, 1)));
            assertThat(cid.sent).isEmpty();
            assertThat(context.counters.get("tree.unknown-source")).isEqualTo(1);
        }
    }
}
