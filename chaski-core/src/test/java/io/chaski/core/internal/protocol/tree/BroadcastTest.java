package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.MemorySettings;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.PublishOutcome.Status;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.tree.TestContext.Delivered;
import io.chaski.core.internal.protocol.tree.TestContext.Missed;
import io.chaski.core.internal.wire.ArrayPayload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BroadcastTest extends TreeFixture {

    @Nested
    class When_a_message_arrives {
        @BeforeEach
        void meet() {
            neighbours(ann, bob, cid);
        }

        @Test
        void it_is_delivered_pushed_to_eager_links_and_advertised_to_lazy_ones() {
            receive(ann, 1);
            assertThat(context.heard).containsExactly(delivered(1));
            assertThat(bob.sent).containsExactly(data(1, 2));
            assertThat(cid.sent).isEmpty();
            context.advance(ADVERT_DELAY);
            assertThat(cid.sent).containsExactly(iHave(advert(source, 1, 1, 1)));
            assertThat(ann.sent).isEmpty();
        }

        @Test
        void a_second_copy_is_neither_delivered_nor_pushed_and_its_link_is_pruned() {
            receive(ann, 1);
            receive(bob, 1);
            context.advance(PRUNE_DELAY);
            assertThat(context.heard).containsExactly(delivered(1));
            assertThat(bob.sent).containsExactly(data(1, 2), prune());
            assertThat(broadcast.eager()).containsExactly(ann);
            assertThat(broadcast.stats().duplicates()).isEqualTo(1);
        }

        @Test
        void a_publisher_is_heard_in_its_own_order_only() {
            receive(ann, 1);
            receive(ann, 3);
            receive(bob, other, 1, 1);
            assertThat(context.heard).containsExactly(delivered(1), new Delivered(other, 1, 1, "m1"));
            receive(bob, 2);
            assertThat(context.heard).endsWith(delivered(2), delivered(3));
        }

        @Test
        void what_cannot_be_repaired_is_a_gap_and_not_delivered_later() {
            receive(ann, 1, 3);
            context.advance(3 * SECOND);
            receive(bob, 2);
            assertThat(context.heard).containsExactly(delivered(1), new Missed(source, 2, 2), delivered(3));
            assertThat(broadcast.stats().missing()).isEqualTo(1);
        }

        @Test
        void it_is_forwarded_but_not_delivered_without_subscription() {
            broadcast.setDelivers(false);
            receive(ann, 1);
            broadcast.setDelivers(true);
            receive(ann, 2);
            assertThat(context.heard).containsExactly(delivered(2));
            assertThat(bob.sent).containsExactly(data(1, 2), data(2, 2));
        }
    }

    @Nested
    class When_hops_are_counted {
        @BeforeEach
        void meet() {
            neighbours(ann, bob, cid);
        }

        private void receive(int hop, int hopLimit) {
            broadcast.onData(ann, source, 1, hop, hopLimit, 0, payload("m1"));
        }

        @Test
        void hop_zero_is_refused() {
            receive(0, 128);
            assertThat(context.heard).isEmpty();
            assertThat(ann.blamed).containsExactly("tree.hop");
        }

        @Test
        void a_hop_above_the_limit_is_refused() {
            receive(17, 16);
            receive(255, 128);
            assertThat(context.heard).isEmpty();
            assertThat(context.counters.get("tree.hop")).isEqualTo(2);
        }

        @Test
        void the_last_hop_is_delivered_but_neither_pushed_nor_advertised() {
            receive(16, 16);
            context.advance(ADVERT_DELAY);
            assertThat(context.heard).containsExactly(new Delivered(source, 1, 16, "m1"));
            assertThat(bob.sent).isEmpty();
            assertThat(cid.sent).isEmpty();
            frame(bob, graft(false, range(source, 1, 1)));
            assertThat(bob.sent).containsExactly(noHave(range(source, 1, 1)));
        }
    }

    @Nested
    class When_this_node_publishes {
        @Test
        void numbers_begin_at_one_and_own_messages_are_not_delivered() {
            neighbours(ann, bob, cid);
            assertThat(publish("a")).isEqualTo(new PublishOutcome(1, 1, 2, 1, Status.ACCEPTED));
            assertThat(publish("b")).isEqualTo(new PublishOutcome(1, 2, 2, 1, Status.ACCEPTED));
            Source own = context.names.retainSource(topic, context.self, 1, Source.MESSAGES);
            assertThat(ann.sent).containsExactly(new TestPeer.Data(own, 1, 1, "a"), new TestPeer.Data(own, 2, 1, "b"));
            context.advance(ADVERT_DELAY);
            assertThat(cid.sent).containsExactly(iHave(advert(own, 1, 2, 0)));
            assertThat(context.heard).isEmpty();
        }

        @Test
        void a_body_above_the_limit_is_refused_and_takes_no_number() {
            neighbours(ann);
            byte[] large = new byte[TreeSettings.DEFAULT_MAX_BODY_BYTES + 1];
            assertThat(broadcast.publish(Source.MESSAGES, 128, false, ArrayPayload.owning(large)))
                    .isEqualTo(PublishOutcome.without(Status.TOO_LARGE));
            assertThat(publish("a").seq()).isEqualTo(1);
        }

        @Test
        void what_nobody_is_there_to_take_is_offered_to_whoever_comes() {
            assertThat(publish("a")).isEqualTo(new PublishOutcome(1, 1, 0, 0, Status.KEPT));
            assertThat(publish("b")).isEqualTo(new PublishOutcome(1, 2, 0, 0, Status.KEPT));
            neighbours(ann);
            Source own = context.names.retainSource(topic, context.self, 1, Source.MESSAGES);
            assertThat(ann.takeSent()).containsExactly(iHave(advert(own, 1, 2, 0)), digest(seen(own, 1, 2)));
            frame(ann, graft(true, range(own, 1, 2)));
            assertThat(ann.sent).containsExactly(new TestPeer.Data(own, 1, 1, "a"), new TestPeer.Data(own, 2, 1, "b"));
        }

        @Test
        void it_does_not_say_that_a_message_is_kept_when_there_is_no_room_to_keep_it() {
            context.memory().cached().take(MemorySettings.DEFAULTS.cachedBytes());
            assertThat(publish("a")).isEqualTo(new PublishOutcome(1, 1, 0, 0, Status.NOT_KEPT));

            context.memory().cached().giveBack(MemorySettings.DEFAULTS.cachedBytes());
            assertThat(publish("b")).isEqualTo(new PublishOutcome(1, 2, 0, 0, Status.KEPT));
            neighbours(ann);
            Source own = context.names.retainSource(topic, context.self, 1, Source.MESSAGES);
            assertThat(ann.takeSent()).startsWith(iHave(advert(own, 2, 2, 0)));
        }

        @Test
        void it_is_offered_no_longer_than_it_is_kept() {
            publish("a");
            context.advance(20 * SECOND);
            publish("b");
            context.advance(15 * SECOND);
            neighbours(ann);
            Source own = context.names.retainSource(topic, context.self, 1, Source.MESSAGES);
            assertThat(ann.takeSent()).containsExactly(iHave(advert(own, 2, 2, 0)), digest(seen(own, 2, 2)));
            context.advance(40 * SECOND);
            neighbours(bob);
            assertThat(bob.sent).isEmpty();
        }

        @Test
        void a_new_incarnation_begins_at_one_again() {
            neighbours(ann);
            publish("a");
            context.epoch = 2;
            assertThat(publish("b").seq()).isEqualTo(1);
            Source second = context.names.retainSource(topic, context.self, 2, Source.MESSAGES);
            assertThat(ann.sent).endsWith(new TestPeer.Data(second, 1, 1, "b"));
        }
    }

    @Nested
    class When_own_messages_come_back {
        Source own;

        @BeforeEach
        void publishOne() {
            neighbours(ann, bob);
            publish("mine");
            own = context.names.retainSource(topic, context.self, 1, Source.MESSAGES);
            ann.takeSent();
        }

        private void comeBack(Source source, long seq, String text) {
            broadcast.onData(ann, source, seq, 2, 128, 0, payload(text));
        }

        @Test
        void a_copy_is_a_plain_duplicate() {
            comeBack(own, 1, "mine");
            context.advance(PRUNE_DELAY);
            assertThat(context.heard).isEmpty();
            assertThat(ann.sent).containsExactly(prune());
        }

        @Test
        void a_number_that_was_never_published_raises_an_alarm() {
            comeBack(own, 2, "forged");
            assertThat(context.heard).containsExactly(new NodeEvent.DuplicateId(ann.remoteAddress()));
            assertThat(ann.blamed).containsExactly("tree.own-forged");
            assertThat(publish("next").seq()).isEqualTo(2);
        }

        @Test
        void an_incarnation_to_come_raises_an_alarm() {
            comeBack(context.names.retainSource(topic, context.self, 9, Source.MESSAGES), 1, "forged");
            assertThat(context.heard).containsExactly(new NodeEvent.DuplicateId(ann.remoteAddress()));
        }

        @Test
        void what_an_earlier_incarnation_said_is_ignored_quietly() {
            comeBack(context.names.retainSource(topic, context.self, 0, Source.MESSAGES), 7, "past");
            assertThat(context.heard).isEmpty();
            assertThat(ann.blamed).isEmpty();
            assertThat(context.counters.get("tree.own-past")).isEqualTo(1);
        }
    }

    @Nested
    class When_one_number_has_two_contents {
        @BeforeEach
        void meet() {
            neighbours(ann, bob);
            receive(ann, 1);
            context.takeHeard();
        }

        @Test
        void the_second_is_dropped_with_an_alarm_while_the_first_is_kept() {
            broadcast.onData(bob, source, 1, 1, 128, 0, payload("other"));
            assertThat(context.heard).containsExactly(new NodeEvent.Equivocation("topic", source.origin(), 1));
            assertThat(bob.blamed).containsExactly("tree.equivocation");
        }

        @Test
        void it_is_a_plain_duplicate_afterwards() {
            context.advance(32 * SECOND);
            broadcast.onData(bob, source, 1, 1, 128, 0, payload("other"));
            assertThat(context.heard).isEmpty();
        }

        @Test
        void alarms_are_few_however_many_forgeries_there_are() {
            for (int i = 0; i < 1_000; i++) {
                broadcast.onData(bob, source, 1, 1, 128, 0, payload("other"));
            }
            assertThat(context.heard).hasSize(10);
            assertThat(context.counters.get("tree.equivocation")).isEqualTo(1_000);
        }
    }

    @Nested
    class When_a_publisher_restarts {
        final Source second = source(100, 2);

        @BeforeEach
        void meet() {
            neighbours(ann, bob);
            receive(ann, 1);
            receive(ann, second, 1, 1);
            context.takeHeard();
        }

        @Test
        void numbers_begin_again_without_a_gap() {
            receive(ann, second, 2, 1);
            assertThat(context.heard).containsExactly(new Delivered(second, 2, 1, "m2"));
        }

        @Test
        void stragglers_of_the_incarnation_before_are_taken_for_thirty_seconds() {
            receive(ann, 2);
            assertThat(context.takeHeard()).containsExactly(delivered(2));
            context.advance(37 * SECOND);
            receive(ann, 3);
            assertThat(context.heard).isEmpty();
            assertThat(context.counters.get("tree.stale-epoch")).isEqualTo(1);
            assertThat(broadcast.stats().sources()).isEqualTo(1);
        }

        @Test
        void an_even_older_incarnation_is_refused_at_once() {
            receive(ann, source(100, 0), 1, 1);
            assertThat(context.heard).isEmpty();
        }
    }

    @Nested
    class When_a_source_is_met_for_the_first_time {
        @BeforeEach
        void meet() {
            neighbours(ann, bob);
        }

        @Test
        void an_old_one_begins_with_what_came_first() {
            receive(ann, 1_000, 1_001);
            context.advance(5 * SECOND);
            assertThat(context.heard).containsExactly(delivered(1_000), delivered(1_001));
        }

        @Test
        void a_young_one_is_wanted_from_its_beginning_on() {
            receive(ann, 3);
            context.advance(0);
            assertThat(ann.sent).containsExactly(graft(false, range(source, 1, 2)));
            receive(ann, 1, 2);
            assertThat(context.heard).containsExactly(delivered(1), delivered(2), delivered(3));
        }

        @Test
        void what_a_young_one_said_before_is_no_gap_when_nobody_has_it() {
            receive(ann, 3);
            context.advance(RTT);
            frame(ann, noHave(range(source, 1, 2)));
            context.advance(0);
            assertThat(context.heard).containsExactly(delivered(3));
        }
    }

    @Nested
    class When_presence_is_announced {
        final Source presence = context.names.retainSource(topic, new NodeId(0, 100), 1, Source.PRESENCE);

        @BeforeEach
        void meet() {
            neighbours(ann, bob, cid);
            ann.alias(presence);
            cid.alias(presence);
        }

        @Test
        void the_latest_wins_and_nothing_is_missed() {
            receive(ann, presence, 5, 1);
            receive(ann, presence, 9, 1);
            receive(ann, presence, 8, 1);
            context.advance(5 * SECOND);
            assertThat(context.heard)
                    .containsExactly(new Delivered(presence, 5, 1, "m5"), new Delivered(presence, 9, 1, "m9"));
            assertThat(ann.sent).as("a late one is a duplicate").containsExactly(prune());
        }

        @Test
        void only_the_latest_of_those_advertised_is_asked_for() {
            frame(cid, iHave(advert(presence, 1, 9, 1)));
            context.advance(PATIENCE);
            assertThat(cid.sent).containsExactly(graft(true, range(presence, 9, 9)));
        }

        @Test
        void its_numbers_are_its_own() {
            assertThat(publish("message").seq()).isEqualTo(1);
            assertThat(broadcast
                            .publish(Source.PRESENCE, 128, false, payload("here"))
                            .seq())
                    .isEqualTo(1);
        }
    }

    @Nested
    class When_it_is_closed {
        @Test
        void all_names_timers_and_bytes_are_released() {
            context.names.release(source);
            context.names.release(other);
            neighbours(ann, bob);
            publish("mine");
            Source far = source(300, 1);
            receive(ann, far, 1, 1);
            receive(ann, far, 5, 1);
            assertThat(context.memory().cached().usedBytes()).isPositive();
            assertThat(context.memory().held().usedBytes()).isPositive();
            context.names.release(far);
            bob.writable = false;
            broadcast.onWritability(bob);

            broadcast.close();
            assertThat(context.names.sourceCount()).isZero();
            assertThat(context.timers.nextDeadline()).isEqualTo(Long.MAX_VALUE);
            assertThat(context.memory().cached().usedBytes()).isZero();
            assertThat(context.memory().held().usedBytes()).isZero();
            assertThat(context.heard).containsExactly(new Delivered(far, 1, 1, "m1"));
        }
    }
}
