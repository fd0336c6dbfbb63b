package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.streamer.DurableOptions;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FeedTest {

    private static final Source A = new Source(new NodeId(0, 1), 1);
    private static final Source B = new Source(new NodeId(0, 2), 1);

    private final MemoryTopicStore store = new MemoryTopicStore(1, 20);
    private final List<String> said = new ArrayList<>();
    private int room = Integer.MAX_VALUE;
    private boolean areAllAsked = true;
    private long nowNanos = 5;

    private boolean say(KeeperFrame frame) {
        if (room == 0) {
            return false;
        }
        room--;
        if (frame instanceof KeeperFrame.Messages messages) {
            messages.items().forEach(item -> said.add(name(item.source()) + item.sequence()));
        } else if (frame instanceof KeeperFrame.Gone gone) {
            said.add(name(gone.source()) + gone.interval().first() + "-"
                    + gone.interval().last() + " gone");
        } else {
            said.add("done");
        }
        return true;
    }

    private static String name(Source source) {
        return source.equals(A) ? "a" : "b";
    }

    private void keep(Source source, long... sequences) {
        for (long sequence : sequences) {
            store.append(KeptMessage.of(source, sequence, new HybridTimestamp(sequence, 0), new byte[10]))
                    .join();
        }
    }

    private Feed feed(boolean isFollowed, Map<Source, Sequences> has) {
        Feed feed = new Feed(store, isFollowed, since -> areAllAsked, this::say);
        assertThat(feed.onHave(new KeeperFrame.Have(has, true))).isEmpty();
        feed.pump(nowNanos);
        return feed;
    }

    @Test
    void gives_each_publisher_a_page_in_turn() {
        for (int i = 1; i <= 4; i++) {
            store.append(KeptMessage.of(A, i, new HybridTimestamp(i, 0), new byte[40_000]))
                    .join();
        }
        keep(B, 1);
        room = 1;
        Feed feed = feed(true, Map.of());
        assertThat(said).containsExactly("a1");

        for (int i = 0; i < 4; i++) { // a slow reader
            room = 1;
            feed.pump(nowNanos);
        }

        assertThat(said).containsExactly("a1", "b1", "a2", "a3", "a4");
    }

    @Test
    void does_not_give_lives_that_a_subscriber_has_passed() {
        Source second = new Source(A.origin(), 2);
        Source third = new Source(A.origin(), 3);
        Source fourth = new Source(A.origin(), 4);
        keep(A, 1, 2);
        keep(second, 1);
        keep(third, 1);
        keep(fourth, 7);

        feed(true, Map.of(A, Sequences.of(1, 1), third, Sequences.of(1, Reading.PASSED), fourth, Sequences.of(1, 6)));

        assertThat(said).containsExactly("a2", "b7");
    }

    @Nested
    class A_keeper {

        @Test
        void gets_what_it_lacks_and_hears_that_it_is_all() {
            keep(A, 1, 2, 3, 5);
            keep(B, 7);

            Feed feed = feed(false, Map.of(A, Sequences.of(1, 2)));
            feed.pump(nowNanos);

            assertThat(said).containsExactly("a3", "a5", "b7", "done");
        }

        @Test
        void gets_nothing_before_it_has_said_all() {
            keep(A, 1);
            Feed feed = new Feed(store, false, since -> true, FeedTest.this::say);

            assertThat(feed.onHave(new KeeperFrame.Have(Map.of(A, Sequences.of(1, 1)), false)))
                    .isEmpty();
            feed.pump(nowNanos);
            assertThat(said).isEmpty();
            assertThat(feed.onHave(new KeeperFrame.Have(Map.of(), true))).isEmpty();
            feed.pump(nowNanos);

            assertThat(said).containsExactly("done");
            assertThat(feed.onHave(new KeeperFrame.Have(Map.of(), true))).isEqualTo("it has said already what it has");
        }

        @Test
        void goes_on_when_there_is_room() {
            keep(A, 1);
            keep(B, 1);
            room = 1;
            Feed feed = feed(false, Map.of());
            assertThat(said).containsExactly("a1");

            room = 5;
            feed.pump(nowNanos);

            assertThat(said).containsExactly("a1", "b1", "done");
        }
    }

    @Nested
    class A_subscriber {

        @Test
        void gets_what_comes_behind_its_cursor_and_then_what_comes() {
            keep(A, 1, 2, 3);
            Feed feed = feed(true, Map.of(A, Sequences.of(1, 2)));

            keep(A, 4);
            keep(B, 1);
            feed.pump(nowNanos);
            feed.pump(nowNanos);

            assertThat(said).containsExactly("a3", "a4", "b1");
        }

        @Test
        void waits_for_a_message_that_may_still_come() {
            keep(A, 1, 3);
            keep(B, 1);
            Feed feed = feed(true, Map.of());
            assertThat(said).containsExactly("a1", "b1");

            nowNanos += Feed.PATIENCE_NANOS - 1;
            feed.pump(nowNanos);
            keep(A, 2);
            feed.pump(nowNanos);

            assertThat(said).containsExactly("a1", "b1", "a2", "a3");
        }

        @Test
        void goes_on_without_it_after_a_minute() {
            keep(A, 1, 3);
            Feed feed = feed(true, Map.of());

            nowNanos += Feed.PATIENCE_NANOS;
            feed.pump(nowNanos);

            assertThat(said).containsExactly("a1", "a2-2 gone", "a3");
        }

        @Test
        void waits_longer_while_a_keeper_that_may_have_it_was_not_asked() {
            keep(A, 1, 3);
            areAllAsked = false;
            Feed feed = feed(true, Map.of());
            nowNanos += 5 * Feed.PATIENCE_NANOS;
            feed.pump(nowNanos);
            assertThat(said).containsExactly("a1");

            areAllAsked = true;
            feed.pump(nowNanos);

            assertThat(said).containsExactly("a1", "a2-2 gone", "a3");
        }

        @Test
        void waits_until_they_were_asked_after_the_last_acknowledgement_that_there_may_be() {
            keep(A, 1, 3);
            long askedNanos = nowNanos + DurableOptions.MAX_DEADLINE.toNanos() - 1;
            Feed early = new Feed(store, true, since -> askedNanos - since >= 0, FeedTest.this::say);
            Feed late = new Feed(store, true, since -> askedNanos + 1 - since >= 0, FeedTest.this::say);
            for (Feed feed : List.of(early, late)) {
                feed.onHave(new KeeperFrame.Have(Map.of(A, Sequences.of(1, 1)), true));
                feed.pump(nowNanos);
            }
            nowNanos += Feed.PATIENCE_NANOS;

            early.pump(nowNanos);
            assertThat(said).isEmpty();
            late.pump(nowNanos);

            assertThat(said).containsExactly("a2-2 gone", "a3");
        }

        @Test
        void waits_for_ten_minutes_at_most() {
            keep(A, 1, 3);
            areAllAsked = false;
            Feed feed = feed(true, Map.of());
            nowNanos += Duration.ofMinutes(10).toNanos() - 1;
            feed.pump(nowNanos);
            assertThat(said).containsExactly("a1");

            nowNanos++;
            feed.pump(nowNanos);

            assertThat(said).containsExactly("a1", "a2-2 gone", "a3");
        }

        @Test
        void hears_what_was_given_up_while_it_was_away() {
            for (int sequence = 1; sequence <= 25; sequence++) {
                keep(A, sequence);
            }

            feed(true, Map.of(A, Sequences.of(1, 2)));

            assertThat(said).startsWith("a3-5 gone", "a6", "a7").hasSize(21);
        }

        @Test
        void hears_what_was_given_up_even_if_nothing_comes_behind_it() {
            keep(A, 1, 2, 3);
            for (int sequence = 1; sequence <= 20; sequence++) {
                keep(B, sequence);
            }

            feed(true, Map.of(A, Sequences.of(1, 1), B, Sequences.of(1, 20)));

            assertThat(said).containsExactly("a2-3 gone");
        }

        @Test
        void hears_where_a_publisher_begins_when_it_comes_for_the_first_time() {
            for (int sequence = 1; sequence <= 25; sequence++) {
                keep(A, sequence);
            }

            feed(true, Map.of());

            assertThat(said).startsWith("a1-5 gone", "a6", "a7").hasSize(21);
        }
    }

    @Nested
    class What_a_keeper_has {

        private Map<Source, Sequences> told(Map<Source, Sequences> has) {
            Map<Source, Sequences> told = new LinkedHashMap<>();
            Feed.haves(has)
                    .forEach(frame ->
                            frame.sequences().forEach((source, some) -> told.merge(source, some, Sequences::plus)));
            return told;
        }

        @Test
        void is_told_with_all_its_holes() {
            Map<Source, Sequences> has = Map.of(A, odd(1, 100), B, Sequences.of(1, 4));

            assertThat(told(has)).isEqualTo(has);
        }

        @Test
        void is_not_brought_again() {
            for (int i = 1; i <= 19; i++) {
                keep(A, 3L * i - 1);
            }
            keep(B, 1);
            Map<Source, Sequences> has = Map.of(A, odd(1, 50));
            Feed feed = new Feed(store, false, since -> true, FeedTest.this::say);

            Feed.haves(has).forEach(frame -> assertThat(feed.onHave(frame)).isEmpty());
            feed.pump(nowNanos);

            assertThat(said)
                    .containsExactly("a2", "a8", "a14", "a20", "a26", "a32", "a38", "a44", "a50", "a56", "b1", "done");
        }

        @Test
        void is_told_in_part_and_never_more_if_it_is_too_much() {
            Sequences many = odd(1, 70_000);

            Sequences told = told(Map.of(A, many)).get(A);

            assertThat(told.minus(many).isEmpty()).isTrue();
            assertThat(told.size()).isEqualTo(Feed.MAX_INTERVALS);
        }

        @Test
        void is_told_of_as_many_sources_as_a_feed_takes() {
            Map<Source, Sequences> many = new LinkedHashMap<>();
            for (int i = 0; i < Feed.MAX_SOURCES + 10; i++) {
                many.put(new Source(new NodeId(i, 9), 1), Sequences.of(1, 1));
            }

            assertThat(told(many)).hasSize(Feed.MAX_SOURCES);
        }

        /** So many intervals of one number each, with one missing between them. */
        private static Sequences odd(long first, int intervals) {
            return intervals == 1
                    ? Sequences.of(first, first)
                    : odd(first, intervals / 2).plus(odd(first + 2L * (intervals / 2), intervals - intervals / 2));
        }
    }

    @Test
    void more_intervals_than_are_ever_told_are_refused() {
        Feed feed = new Feed(store, false, since -> true, this::say);
        String wrong = "";
        for (long i = 0; i < 2_100 && wrong.isEmpty(); i++) {
            Sequences some = Sequences.NONE;
            for (long j = i * KeeperFrame.MAX_INTERVALS; j < (i + 1) * KeeperFrame.MAX_INTERVALS; j++) {
                some = some.plus(2 * j + 1, 2 * j + 1);
            }
            wrong = feed.onHave(new KeeperFrame.Have(Map.of(new Source(new NodeId(i % 16, 3), 1), some), false));
        }

        assertThat(wrong).isEqualTo("more intervals than can be remembered");
    }

    @Test
    void more_sources_than_a_store_has_are_refused() {
        Feed feed = new Feed(store, true, since -> true, this::say);
        Map<Source, Sequences> many = new LinkedHashMap<>();
        for (int i = 0; i < Feed.MAX_SOURCES; i++) {
            many.put(new Source(new NodeId(i, 9), 1), Sequences.of(1, 1));
        }
        assertThat(feed.onHave(new KeeperFrame.Have(many, false))).isEmpty();

        assertThat(feed.onHave(new KeeperFrame.Have(Map.of(A, Sequences.of(1, 1)), false)))
                .isEqualTo("more sources than can be kept");
    }

    @Test
    void what_lies_between_holes_is_brought_in_full_frames() {
        MemoryTopicStore large = new MemoryTopicStore(1, 10_000);
        for (int i = 1; i <= 2_000; i++) {
            large.append(KeptMessage.of(A, 2L * i, new HybridTimestamp(i, 0), new byte[10]))
                    .join();
        }
        List<Integer> items = new ArrayList<>();
        Feed feed = new Feed(large, false, since -> true, frame -> {
            items.add(
                    frame instanceof KeeperFrame.Messages messages
                            ? messages.items().size()
                            : 0);
            return true;
        });

        feed.onHave(new KeeperFrame.Have(Map.of(), true));
        feed.pump(nowNanos);

        assertThat(items).containsExactly(1_024, 976, 0);
    }

    @Test
    void frames_hold_64_KiB_or_a_single_message() {
        List<KeptMessage> messages = new ArrayList<>();
        for (int bytes : new int[] {40_000, 30_000, 1_000_000, 10, 10}) {
            messages.add(KeptMessage.of(A, messages.size() + 1, new HybridTimestamp(1, 0), new byte[bytes]));
        }

        assertThat(Feed.frames(messages))
                .extracting(frame -> frame.items().size())
                .containsExactly(1, 1, 1, 2);
    }
}
