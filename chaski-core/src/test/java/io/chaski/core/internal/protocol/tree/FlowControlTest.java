package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.MILLISECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.PublishOutcome.Status;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.ArrayList;
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
        void is_left_behind_by_a_live_publisher() {
            while (publish("ab").status() == Status.ACCEPTED) {
                assertThat(broadcast.eager()).containsExactly(ann);
            }
            assertThat(broadcast
                            .publish(Source.MESSAGES, HOP_LIMIT, true, payload("ab"))
                            .status())
                    .isEqualTo(Status.ACCEPTED);
            assertThat(broadcast.eager()).isEmpty();
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
