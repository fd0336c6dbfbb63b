package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.MILLISECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TreeFrame.Graft;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a neighbour that breaks every rule can cost: cid is hostile, the others are honest. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileNeighbourTest extends TreeFixture {

    @BeforeEach
    void meet() {
        neighbours(ann, bob, cid);
    }

    private ToldTable told(String table) {
        return ToldTable.all(broadcast::tellTables).get(table);
    }

    private static long requested(TestPeer peer) {
        long count = 0;
        for (Object sent : peer.sent) {
            if (sent instanceof Graft graft) {
                for (Range range : graft.ranges()) {
                    count += range.to() - range.from() + 1;
                }
            }
        }
        return count;
    }

    @Nested
    class When_it_advertises_what_does_not_exist {
        @Test
        void a_range_without_end_wants_at_most_a_thousand_messages() {
            receive(ann, 1);
            advertise(cid, 1, 1L << 60, 0);
            assertThat(broadcast.stats().wanted()).isEqualTo(1_024);
            frame(bob, iHave(advert(other, 1, 1L << 60, 0)));
            assertThat(told("messages wanted")).isEqualTo(new ToldTable(2_048, 4_096));
            assertThat(told("messages wanted on one word")).isEqualTo(new ToldTable(1_024, 1_024));
        }

        @Test
        void a_number_beyond_all_numbers_is_ignored() {
            advertise(cid, 1, Long.MAX_VALUE, 0);
            frame(cid, digest(seen(source, 1, Long.MAX_VALUE)));
            frame(cid, digest(seen(source, Long.MAX_VALUE, 1)));
            broadcast.onData(cid, source, Long.MAX_VALUE, 1, 128, 0, payload("x"));
            broadcast.onData(cid, source, 0, 1, 128, 0, payload("x"));
            broadcast.onData(cid, source, -1, 1, 128, 0, payload("x"));
            assertThat(broadcast.stats().wanted()).isZero();
            assertThat(context.heard).isEmpty();
        }

        @Test
        void it_does_not_keep_honest_neighbours_from_advertising() {
            for (int i = 0; i < 10; i++) {
                Source invented = source(10_000 + i, 1);
                cid.alias(invented);
                frame(cid, iHave(advert(invented, 1, 8_000, 0)));
            }
            advertise(ann, 1, 1, 1);
            context.advance(PATIENCE);
            assertThat(ann.sent).contains(graft(true, range(source, 1, 1)));
            assertThat(broadcast.stats().wanted()).isLessThanOrEqualTo(1_025);
        }

        @Test
        void the_rate_of_what_is_news_is_limited() {
            receive(ann, 1);
            for (int i = 0; i < 1_000; i++) {
                advertise(cid, 2, 1_000, 0);
            }
            assertThat(context.counters.get("tree.advert-rate")).isPositive();
            assertThat(broadcast.stats().wanted()).isLessThanOrEqualTo(1_024);
        }

        @Test
        void it_is_not_asked_for_more_than_may_be_under_way() {
            receive(ann, 1);
            advertise(cid, 2, 4_000, 0);
            while (requested(cid) == 0) {
                context.advance(MILLISECOND);
            }
            assertThat(requested(cid)).isEqualTo(1_024);
            assertThat(told("requests unanswered by one neighbour")).isEqualTo(new ToldTable(1_024, 1_024));
        }

        @Test
        void memory_is_free_again_when_it_has_gone() {
            advertise(cid, 1, 8_000, 0);
            broadcast.onNeighbourDown(cid);
            context.advance(SECOND);
            assertThat(broadcast.stats().wanted()).isZero();
        }
    }

    @Nested
    class When_it_asks_without_end {
        @BeforeEach
        void publishSome() {
            for (int i = 0; i < 8_000; i++) {
                receive(ann, i + 1);
            }
            cid.takeSent();
        }

        @Test
        void it_gets_sixteen_thousand_messages_at_once_and_eight_thousand_a_second() {
            frame(cid, graft(false, range(source, 1, 8_000)));
            frame(cid, graft(false, range(source, 1, 8_000)));
            assertThat(messages(cid)).isBetween(15_900L, 16_000L);
            context.advance(SECOND);
            cid.takeSent();
            frame(cid, graft(false, range(source, 1, Long.MAX_VALUE)));
            assertThat(messages(cid)).isBetween(7_900L, 8_000L);
            assertThat(context.counters.get("tree.graft-rate")).isEqualTo(2);
        }

        @Test
        void it_may_ask_some_five_hundred_times_a_second() {
            for (int i = 0; i < 2_000; i++) {
                frame(cid, graft(false, range(source, 1 + i, 1 + i)));
            }
            assertThat(messages(cid)).isBetween(930L, 950L);
            cid.takeSent();
            context.advance(SECOND);
            for (int i = 0; i < 2_000; i++) {
                frame(cid, graft(false, range(source, 1 + i, 1 + i)));
            }
            assertThat(messages(cid)).isBetween(460L, 480L);
        }

        @Test
        void it_gets_the_same_message_three_times_a_second() {
            for (int i = 0; i < 50; i++) {
                frame(cid, graft(false, range(source, 7, 7)));
            }
            assertThat(messages(cid)).isEqualTo(3);
            assertThat(context.counters.get("tree.graft-repeated")).isEqualTo(47);
            context.advance(SECOND);
            frame(cid, graft(false, range(source, 7, 7)));
            assertThat(messages(cid)).isEqualTo(4);
        }

        private long messages(TestPeer peer) {
            return peer.sent.stream()
                    .filter(sent -> sent instanceof TestPeer.Data)
                    .count();
        }
    }

    @Nested
    class When_it_invents_publishers {
        @Test
        void the_quietest_make_room_and_their_numbers_stay_old() {
            receive(ann, 1);
            for (int i = 0; i < 5_000; i++) {
                Source invented = source(10_000 + i, 1);
                receive(cid, invented, 1, 1);
                context.names.release(invented);
            }
            assertThat(told("sources")).isEqualTo(new ToldTable(4_096, 4_096));
            assertThat(told("tombstones")).isEqualTo(new ToldTable(905, 65_536));
            context.takeHeard();
            receive(ann, 1);
            assertThat(context.takeHeard()).isEmpty();
            receive(ann, 2);
            assertThat(context.heard).containsExactly(delivered(2));
        }

        @Test
        void messages_of_another_topic_do_not_count_as_sources_of_this_one() {
            TopicRef elsewhere = context.names.retainTopic("elsewhere");
            Source foreign = context.names.retainSource(elsewhere, source.origin(), 1, Source.MESSAGES);
            cid.alias(foreign);
            frame(cid, iHave(advert(foreign, 1, 5, 0)));
            frame(cid, graft(false, range(foreign, 1, 5)));
            frame(cid, digest(seen(foreign, 1, 5)));
            assertThat(broadcast.stats().wanted()).isZero();
            assertThat(context.counters.get("tree.unknown-source")).isEqualTo(3);
        }
    }

    @Nested
    class When_it_leaves_gaps_on_purpose {
        @Test
        void what_is_held_back_stays_within_its_bytes() {
            byte[] largest = new byte[TreeSettings.DEFAULT_MAX_BODY_BYTES];
            for (int i = 0; i < 100; i++) {
                Source invented = source(10_000 + i, 1);
                broadcast.onData(cid, invented, 1_000, 1, 128, 0, payload("small"));
                broadcast.onData(cid, invented, 1_002, 1, 128, 0, ArrayPayload.owning(largest));
                assertThat(broadcast.stats().heldBytes()).isLessThanOrEqualTo(16 << 20);
            }
            assertThat(broadcast.stats().cachedBytes()).isLessThanOrEqualTo(16 << 20);
            assertThat(told("bytes held back")).isEqualTo(new ToldTable(16L * largest.length, 16 << 20));
            assertThat(told("bytes cached")).isEqualTo(new ToldTable(16L * (largest.length + 5), 16 << 20));
        }

        @Test
        void two_hundred_and_fifty_seven_gaps_are_too_many() {
            receive(cid, 1);
            for (int i = 1; i <= 257; i++) {
                receive(cid, 1 + 2L * i);
            }
            assertThat(broadcast.stats().missing()).isEqualTo(1);
            assertThat(broadcast.stats().delivered()).isEqualTo(2);
            assertThat(told("intervals of one source")).isEqualTo(new ToldTable(256, 256));
            assertThat(told("messages of one source held back")).isEqualTo(new ToldTable(256, 8_192));
        }

        @Test
        void eight_thousand_messages_are_held_back_and_kept_for_others() {
            receive(cid, 1);
            receive(cid, LongStream.rangeClosed(3, 8_194).toArray());

            assertThat(told("intervals of one source")).isEqualTo(new ToldTable(1, 256));
            assertThat(told("messages of one source held back")).isEqualTo(new ToldTable(8_192, 8_192));
            assertThat(told("messages cached")).isEqualTo(new ToldTable(8_192, 8_192));
        }
    }

    @Nested
    class When_it_does_not_care_for_credit {
        @Test
        void what_it_sends_beyond_what_was_granted_is_refused_at_sixteen_mebibytes() {
            context.room = 0;
            context.capacity = 1_000;
            broadcast.onRoom();
            ArrayPayload large = ArrayPayload.owning(new byte[1_000_000]);
            for (int seq = 1; seq <= 17; seq++) {
                broadcast.onData(cid, source, seq, 1, HOP_LIMIT, 0, large);
            }
            assertThat(cid.blamed).containsExactly("flow.excess");
            assertThat(context.counters.get("flow.excess")).isEqualTo(1);
            assertThat(broadcast.stats().delivered()).isEqualTo(16);
        }

        @Test
        void five_thousand_words_about_it_are_heard_a_second_and_twice_as_many_at_once() {
            for (int i = 0; i < 12_000; i++) {
                frame(cid, new TopicCredit(topic.index(), false, true, false, false, false, 0, 0));
            }
            assertThat(cid.credits).hasSize(10_001);
            assertThat(context.counters.get("flow.credit-rate")).isEqualTo(2_000);
            context.advance(SECOND);
            frame(cid, new TopicCredit(topic.index(), false, true, false, false, false, 0, 0));
            assertThat(cid.credits).hasSize(10_002);
        }

        @Test
        void two_words_about_each_message_are_heard_however_many_there_are() {
            frame(bob, new TopicCredit(topic.index(), false, false, false, false, false, 0, 0));
            frame(cid, new TopicCredit(topic.index(), false, false, false, false, false, 0, 0));
            Source own = source(1, 1);
            ann.alias(own);
            long granted = 1_000;
            for (int i = 0; i < 15_000; i++) {
                granted += 1_000;
                frame(ann, new TopicCredit(topic.index(), true, false, false, false, false, granted, 0));
                publish("a");
                frame(ann, digest(seen(own, 0, i + 1)));
            }
            assertThat(ann.sent).filteredOn(TestPeer.Data.class::isInstance).hasSize(15_000);
            assertThat(context.counters.get("flow.credit-rate")).isZero();
        }

        @Test
        void no_more_than_two_words_about_each_message_are_heard_beyond_those_of_a_second() {
            TopicCredit word = new TopicCredit(topic.index(), false, true, false, false, false, 0, 0);
            for (int i = 0; i < 12_000; i++) {
                frame(cid, word);
            }
            assertThat(context.counters.get("flow.credit-rate")).isEqualTo(2_000);

            publish("a");
            frame(cid, word);
            frame(cid, word);
            assertThat(context.counters.get("flow.credit-rate")).isEqualTo(2_000);
            frame(cid, word);
            assertThat(context.counters.get("flow.credit-rate")).isEqualTo(2_001);
        }

        @Test
        void one_that_says_one_thing_and_the_other_is_passed_on_once_a_second() {
            ann.credits.clear();
            for (int i = 0; i < 1_000; i++) {
                frame(cid, new TopicCredit(topic.index(), true, false, false, false, false, 1, 0));
                frame(cid, new TopicCredit(topic.index(), false, false, false, false, false, 0, 0));
            }
            assertThat(ann.credits).extracting(TopicCredit::isLimited).isIn(List.of(), List.of(true, false, true));
            context.advance(2 * SECOND);
            assertThat(ann.credits).hasSizeLessThanOrEqualTo(4);
        }

        @Test
        void whoever_claims_to_have_what_it_has_not_only_loses_it() {
            frame(cid, new TopicCredit(topic.index(), true, false, false, false, false, 1, 0));
            publish("a");
            frame(cid, digest(seen(source, 0, Long.MAX_VALUE), seen(other, Long.MAX_VALUE, 1)));
            assertThat(publish("b").status()).isEqualTo(PublishOutcome.Status.ACCEPTED);
        }
    }

    @Nested
    class When_its_body_is_too_large {
        @Test
        void the_message_is_refused() {
            byte[] larger = new byte[TreeSettings.DEFAULT_MAX_BODY_BYTES + 1];
            broadcast.onData(cid, source, 1, 1, 128, 0, ArrayPayload.owning(larger));
            assertThat(context.heard).isEmpty();
            assertThat(cid.blamed).isEqualTo(List.of("tree.bad-message"));
        }
    }
}
