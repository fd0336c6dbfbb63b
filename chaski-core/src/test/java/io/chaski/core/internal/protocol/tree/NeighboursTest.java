package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.MILLISECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.Source;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NeighboursTest extends TreeFixture {

    @BeforeEach
    void meet() {
        neighbours(ann, bob, cid, dan);
    }

    @Nested
    class When_links_come_and_go {
        @Test
        void the_first_two_are_eager() {
            assertThat(broadcast.eager()).containsExactly(ann, bob);
        }

        @Test
        void the_next_to_come_takes_the_place_of_one_that_went() {
            broadcast.onNeighbourDown(ann);
            broadcast.onNeighbourUp(new TestPeer("eve"));
            assertThat(broadcast.eager()).extracting(Object::toString).containsExactly("bob", "eve");
        }

        @Test
        void a_link_that_is_gone_counts_no_more() {
            broadcast.onNeighbourDown(ann);
            receive(ann, 1);
            frame(ann, prune());
            assertThat(context.heard).isEmpty();
            assertThat(context.counters.get("tree.not-neighbour")).isEqualTo(2);
        }

        @Test
        void coming_twice_is_coming_once() {
            broadcast.onNeighbourUp(ann);
            publish("a");
            assertThat(ann.sent).hasSize(1);
        }
    }

    @Nested
    class When_the_tree_changes {
        @Test
        void a_first_delivery_makes_a_lazy_link_eager() {
            receive(cid, 1);
            assertThat(broadcast.eager()).containsExactly(ann, bob, cid);
            assertThat(cid.sent).isEmpty();
        }

        @Test
        void a_graft_makes_a_link_eager_and_a_prune_makes_it_lazy() {
            frame(cid, graft(true));
            frame(ann, prune());
            assertThat(broadcast.eager()).containsExactly(bob, cid);
        }

        @Test
        void a_link_that_brings_copies_is_pruned_within_a_second() {
            receive(ann, 1);
            receive(bob, 1);
            assertThat(bob.takeSent()).containsExactly(data(1, 2));
            context.advance(PRUNE_DELAY);
            assertThat(bob.sent).containsExactly(prune());
            assertThat(broadcast.eager()).containsExactly(ann);
        }

        @Test
        void it_is_not_if_the_copies_cease_because_the_cycle_was_cut_elsewhere() {
            cid.rttNanos = 2 * SECOND;
            for (int seq = 1; seq <= 20; seq++) {
                receive(ann, seq);
                receive(bob, seq);
                context.advance(10 * MILLISECOND);
            }
            context.advance(8 * SECOND);
            assertThat(bob.sent).doesNotContain(prune());
            assertThat(broadcast.eager()).containsExactly(ann, bob);
        }

        /** Somebody who gets a tenth of all is now and then the first to bring some of it: nine tenths still come from bob alone. */
        @Test
        void a_link_is_kept_if_most_messages_of_the_publisher_do_not_come_twice() {
            for (int seq = 1; seq <= 100; seq++) {
                if (seq % 10 == 0) {
                    receive(ann, seq);
                }
                receive(bob, seq);
                context.advance(10 * MILLISECOND);
            }
            context.advance(PRUNE_DELAY);
            assertThat(bob.sent).doesNotContain(prune());
            assertThat(broadcast.eager()).containsExactly(ann, bob);
        }

        @Test
        void it_is_pruned_if_all_messages_of_one_publisher_come_twice_and_none_of_another() {
            for (int seq = 1; seq <= 100; seq++) {
                receive(ann, seq);
                receive(bob, seq);
                for (int i = 0; i < 9; i++) {
                    receive(bob, other, 9L * (seq - 1) + i + 1, 1);
                }
                context.advance(10 * MILLISECOND);
            }
            assertThat(bob.sent).contains(prune());
        }

        @Test
        void what_was_on_its_way_when_a_link_was_pruned_neither_prunes_nor_promotes_it_again() {
            advertise(cid, 1, 1, 0);
            context.advance(25 * MILLISECOND);
            receive(ann, 1);
            assertThat(ann.takeSent()).containsExactly(prune());
            receive(ann, 2);
            receive(cid, 3);
            receive(ann, 3);
            context.advance(PRUNE_DELAY);
            assertThat(ann.sent).containsExactly(iHave(advert(source, 3, 3, 1)));
            assertThat(broadcast.eager()).containsExactly(bob, cid);
        }

        @Test
        void a_link_that_goes_on_sending_copies_is_pruned_again() {
            receive(ann, 1);
            receive(bob, 1);
            context.advance(PRUNE_DELAY + 2 * ANSWER);
            receive(ann, 2);
            bob.takeSent();
            receive(bob, 2);
            context.advance(PRUNE_DELAY);
            assertThat(bob.sent).contains(prune());
        }

        @Test
        void a_neighbour_that_has_advertised_a_message_is_not_sent_it_and_its_link_is_redundant() {
            advertise(bob, 1, 1, 1);
            receive(ann, 1);
            context.advance(PRUNE_DELAY);
            assertThat(bob.sent).containsExactly(prune());
            assertThat(broadcast.eager()).containsExactly(ann);
        }

        @Test
        void what_is_waiting_to_be_advertised_is_advertised_before_messages_are_pushed() {
            receive(ann, 1);
            frame(cid, graft(true));
            receive(ann, 2);
            assertThat(cid.sent).containsExactly(iHave(advert(source, 1, 1, 1)), data(2, 2));
        }
    }

    @Nested
    class When_a_neighbour_is_to_mend_the_tree_of_a_busy_topic {
        @BeforeEach
        void ask() {
            receive(ann, LongStream.rangeClosed(1, 101).toArray());
            context.advance(ADVERT_DELAY);
            cid.takeSent();
            advertise(cid, 102, 106, 1);
            while (cid.sent.isEmpty()) {
                context.advance(MILLISECOND);
            }
            assertThat(cid.takeSent()).containsExactly(graft(true, range(source, 102, 106)));
        }

        @Test
        void its_link_is_not_redundant_if_the_old_parent_brings_what_it_told_of_before() {
            receive(ann, 102, 103, 104, 105, 106);
            context.advance(PRUNE_DELAY);
            assertThat(cid.sent).doesNotContain(prune());
            assertThat(broadcast.eager()).containsExactly(ann, bob, cid);
        }

        @Test
        void nor_if_that_brings_what_has_crossed_the_question() {
            answer();
            context.advance(ANSWER - RTT - 2 * MILLISECOND);
            advertise(cid, 107, 107, 1);
            receive(ann, 107);
            context.advance(PRUNE_DELAY);
            assertThat(cid.sent).doesNotContain(prune());
            assertThat(broadcast.eager()).containsExactly(ann, bob, cid);
        }

        @Test
        void it_is_if_the_old_parent_brings_what_it_tells_of_afterwards_instead_of_sending_it() {
            answer();
            context.advance(ANSWER - RTT);
            advertise(cid, 107, 107, 1);
            receive(ann, 107);
            context.advance(PRUNE_DELAY);
            assertThat(cid.sent).contains(prune());
            assertThat(broadcast.eager()).containsExactly(ann, bob);
        }

        private void answer() {
            context.advance(RTT);
            receive(cid, 102, 103, 104, 105, 106);
        }
    }

    @Nested
    class When_a_neighbour_is_to_mend_the_tree_of_a_slow_topic {
        @Test
        void its_link_is_redundant_if_the_old_parent_brings_what_it_told_of_before() {
            advertise(cid, 1, 1, 1);
            context.advance(PATIENCE);
            assertThat(cid.takeSent()).containsExactly(graft(true, range(source, 1, 1)));
            receive(ann, 1);
            context.advance(PRUNE_DELAY);
            assertThat(cid.sent).contains(prune());
            assertThat(broadcast.eager()).containsExactly(ann, bob);
        }
    }

    @Nested
    class When_an_advertiser_was_faster_than_the_parent {
        @Test
        void it_takes_its_place_if_it_led_by_a_quarter_of_a_round_trip() {
            advertise(cid, 1, 1, 5);
            context.advance(25 * MILLISECOND);
            receive(ann, source, 1, 6);
            assertThat(cid.sent).containsExactly(graft(true));
            assertThat(ann.sent).containsExactly(prune());
            assertThat(broadcast.eager()).containsExactly(bob, cid);
        }

        @Test
        void it_does_not_if_the_way_over_it_is_longer() {
            advertise(cid, 1, 1, 5);
            context.advance(25 * MILLISECOND);
            receive(ann, source, 1, 5);
            assertThat(cid.sent).isEmpty();
            assertThat(ann.sent).isEmpty();
        }

        @Test
        void another_one_has_to_have_led_itself() {
            advertise(dan, 1, 1, 9);
            context.advance(25 * MILLISECOND);
            advertise(cid, 1, 1, 4);
            receive(ann, source, 1, 5);
            assertThat(cid.sent).isEmpty();
            assertThat(dan.sent).isEmpty();
        }

        @Test
        void the_first_of_those_whose_way_is_not_longer_does() {
            advertise(dan, 1, 1, 9);
            advertise(cid, 1, 1, 4);
            context.advance(25 * MILLISECOND);
            receive(ann, source, 1, 5);
            assertThat(cid.sent).containsExactly(graft(true));
            assertThat(dan.sent).isEmpty();
        }

        @Test
        void it_does_not_for_less() {
            advertise(cid, 1, 1, 5);
            context.advance(25 * MILLISECOND - 1);
            receive(ann, source, 1, 7);
            assertThat(cid.sent).isEmpty();
            assertThat(ann.sent).isEmpty();
        }

        @Test
        void it_takes_its_place_if_it_was_two_hops_nearer() {
            advertise(cid, 1, 1, 5);
            receive(ann, source, 1, 8);
            assertThat(cid.sent).containsExactly(graft(true));
            assertThat(ann.sent).containsExactly(prune());
        }

        @Test
        void one_that_was_nearer_goes_before_one_that_was_earlier() {
            advertise(dan, 1, 1, 7);
            context.advance(25 * MILLISECOND);
            advertise(cid, 1, 1, 2);
            receive(ann, source, 1, 8);
            assertThat(dan.sent).isEmpty();
            assertThat(cid.sent).containsExactly(graft(true));
        }

        @Test
        void the_nearest_of_several_does() {
            advertise(cid, 1, 1, 3);
            advertise(dan, 1, 1, 2);
            receive(ann, source, 1, 8);
            assertThat(cid.sent).isEmpty();
            assertThat(dan.sent).containsExactly(graft(true));
        }

        @Test
        void on_a_busy_topic_it_is_tried_before_the_parent_goes() {
            for (int seq = 1; seq <= 101; seq++) {
                receive(ann, seq);
            }
            advertise(cid, 102, 102, 0);
            receive(ann, source, 102, 9);
            assertThat(cid.takeSent()).endsWith(graft(true));
            assertThat(ann.sent).doesNotContain(prune());
            receive(cid, 103);
            receive(ann, 103);
            context.advance(PRUNE_DELAY);
            assertThat(ann.sent).contains(prune());
            assertThat(broadcast.eager()).containsExactly(bob, cid);
        }

        @Test
        void on_a_busy_topic_replacements_become_rarer_and_rarer() {
            for (int seq = 1; seq <= 101; seq++) {
                receive(ann, seq);
            }
            long grafts = 0;
            for (int seq = 102; seq <= 6_000; seq++) {
                TestPeer parent = broadcast.eager().contains(cid) ? cid : ann;
                TestPeer better = parent == cid ? ann : cid;
                advertise(better, seq, seq, 0);
                receive(parent, source, seq, 9);
                grafts += better.takeSent().stream().filter(graft(true)::equals).count();
                parent.takeSent();
                context.advance(5 * MILLISECOND);
            }
            assertThat(grafts).isBetween(3L, 7L);
        }

        @Test
        void nothing_changes_when_the_message_had_to_be_asked_for() {
            advertise(cid, 1, 1, 0);
            context.advance(PATIENCE);
            cid.takeSent();
            receive(ann, source, 1, 9);
            assertThat(cid.sent).isEmpty();
            assertThat(ann.sent).isEmpty();
        }
    }

    @Nested
    class When_advertisements_are_collected {
        @Test
        void messages_in_a_row_make_one_range_with_the_smallest_hop() {
            receive(ann, source, 1, 4);
            receive(ann, source, 2, 3);
            receive(ann, other, 7, 1);
            receive(ann, source, 3, 5);
            context.advance(ADVERT_DELAY);
            assertThat(cid.sent).containsExactly(iHave(advert(source, 1, 3, 3), advert(other, 7, 7, 1)));
        }

        @Test
        void a_frame_leaves_at_128_ranges_without_waiting() {
            for (int i = 0; i < 129; i++) {
                receive(ann, source(1_000 + i, 1), 1, 1);
            }
            assertThat(cid.sent).hasSize(1);
            context.advance(ADVERT_DELAY);
            assertThat(cid.sent).hasSize(2);
        }
    }

    @Nested
    class When_a_neighbour_takes_no_more_bytes {
        Source own;

        @BeforeEach
        void stall() {
            publish("first");
            own = context.names.retainSource(topic, context.self, 1, Source.MESSAGES);
            ann.takeSent();
            ann.writable = false;
            broadcast.onWritability(ann);
        }

        private TestPeer.Data own(long seq, String text) {
            return new TestPeer.Data(own, seq, 1, text);
        }

        @Test
        void it_is_told_of_messages_instead_of_being_sent_them() {
            assertThat(broadcast.eager()).containsExactly(bob);
            assertThat(publish("second").sentTo()).isEqualTo(1);
            context.advance(ADVERT_DELAY);
            assertThat(ann.sent).containsExactly(iHave(advert(own, 2, 2, 0)));
        }

        @Test
        void a_short_stall_leaves_no_trace() {
            publish("second");
            publish("third");
            context.advance(5 * MILLISECOND);
            ann.writable = true;
            broadcast.onWritability(ann);
            publish("fourth");
            assertThat(ann.sent).containsExactly(own(2, "second"), own(3, "third"), own(4, "fourth"));
            assertThat(broadcast.eager()).containsExactly(ann, bob);
        }

        @Test
        void a_second_stall_in_the_middle_of_catching_up_goes_on_where_it_stopped() {
            publish("second");
            publish("third");
            ann.writable = true;
            ann.capacity = 1;
            broadcast.onWritability(ann);
            assertThat(ann.takeSent()).containsExactly(own(2, "second"));
            ann.capacity = Integer.MAX_VALUE;
            ann.writable = true;
            broadcast.onWritability(ann);
            assertThat(ann.sent).containsExactly(own(3, "third"));
        }

        @Test
        void it_stays_eager_and_is_not_reported_while_it_takes_what_has_waited_a_moment() {
            publish("2");
            for (int i = 2; i < 1_000; i++) {
                context.advance(10 * MILLISECOND);
                publish(Integer.toString(i + 1));
                ann.writable = true;
                ann.capacity = 1;
                broadcast.onWritability(ann);
                assertThat(ann.takeSent()).contains(own(i, Integer.toString(i)));
            }
            ann.capacity = Integer.MAX_VALUE;
            ann.writable = true;
            broadcast.onWritability(ann);
            assertThat(broadcast.eager()).containsExactly(ann, bob);
            assertThat(slow).isEmpty();
        }

        @Test
        void it_becomes_lazy_when_it_takes_bytes_so_slowly_that_others_ask_elsewhere() {
            for (int i = 0; i < 100; i++) {
                publish("more");
            }
            for (int i = 0; i < 10; i++) {
                context.advance(10 * MILLISECOND);
                ann.writable = true;
                ann.capacity = 1;
                broadcast.onWritability(ann);
            }
            ann.capacity = Integer.MAX_VALUE;
            ann.writable = true;
            broadcast.onWritability(ann);
            assertThat(broadcast.eager()).containsExactly(bob);
        }

        @Test
        void after_a_long_stall_it_is_lazy_and_pulls() {
            publish("second");
            context.advance(100 * MILLISECOND);
            ann.takeSent();
            ann.writable = true;
            broadcast.onWritability(ann);
            publish("third");
            assertThat(ann.sent).isEmpty();
            assertThat(broadcast.eager()).containsExactly(bob);
            frame(ann, graft(true, range(own, 2, 2)));
            assertThat(ann.sent).containsExactly(iHave(advert(own, 3, 3, 0)), own(2, "second"));
        }

        @Test
        void a_request_is_refused_while_it_lasts_so_that_it_asks_elsewhere() {
            publish("second");
            ann.alias(own);
            frame(ann, graft(true, range(own, 1, 2)));
            assertThat(ann.sent).endsWith(noHave(range(own, 1, 2)));
        }

        @Test
        void what_it_asks_for_while_it_lasts_it_is_told_of_when_it_is_over() {
            publish("second");
            ann.alias(own);
            frame(ann, graft(false, range(own, 1, 2)));
            context.advance(100 * MILLISECOND);
            ann.takeSent();
            ann.writable = true;
            broadcast.onWritability(ann);
            context.advance(ADVERT_DELAY);
            assertThat(ann.sent).containsExactly(iHave(advert(own, 1, 2, 0)));
            frame(ann, graft(false, range(own, 1, 2)));
            assertThat(ann.sent).endsWith(own(1, "first"), own(2, "second"));
        }

        @Test
        void what_an_answer_leaves_over_because_it_fills_the_connection_is_told_of_afterwards() {
            publish("second");
            publish("third");
            bob.alias(own);
            bob.takeSent();
            bob.capacity = 1;
            frame(bob, graft(false, range(own, 1, 3)));
            assertThat(bob.takeSent()).containsExactly(own(1, "first"), noHave(range(own, 2, 3)));
            bob.capacity = Integer.MAX_VALUE;
            bob.writable = true;
            broadcast.onWritability(bob);
            context.advance(ADVERT_DELAY);
            assertThat(bob.sent).containsExactly(iHave(advert(own, 2, 3, 0)));
        }

        @Test
        void it_is_reported_after_five_seconds() {
            context.advance(5 * SECOND - 1);
            assertThat(slow).isEmpty();
            context.advance(1);
            assertThat(slow).containsExactly("ann");
            assertThat(context.counters.get("tree.slow-neighbour")).isEqualTo(1);
        }

        @Test
        void it_is_not_reported_when_it_recovers_or_goes() {
            context.advance(4 * SECOND);
            ann.writable = true;
            broadcast.onWritability(ann);
            bob.writable = false;
            broadcast.onWritability(bob);
            broadcast.onNeighbourDown(bob);
            context.advance(20 * SECOND);
            assertThat(slow).isEmpty();
        }

        @Test
        void a_pause_of_the_process_does_not_count() {
            context.nowNanos += 60 * SECOND;
            broadcast.onNetworkChanged();
            context.advance(5 * SECOND - 1);
            assertThat(slow).isEmpty();
        }
    }
}
