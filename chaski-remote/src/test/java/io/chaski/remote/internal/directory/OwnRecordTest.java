package io.chaski.remote.internal.directory;

import static io.chaski.remote.internal.directory.DirectoryFixture.BOB;
import static io.chaski.remote.internal.directory.DirectoryFixture.NOWHERE;
import static io.chaski.remote.internal.directory.DirectoryFixture.SELF;
import static io.chaski.remote.internal.directory.DirectoryFixture.service;
import static io.chaski.remote.internal.directory.DirectoryFixture.services;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.remote.Service;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a provider says, and when. */
class OwnRecordTest {

    private final DirectoryFixture node = new DirectoryFixture();

    private static Announcement.Ask everybody() {
        return new Announcement.Ask(List.of());
    }

    @Test
    void nothing_is_said_by_who_serves_nothing() {
        node.advance(ofSeconds(100));
        node.hear(BOB, 1, everybody());
        node.advance(ofSeconds(100));
        node.protocol.close();

        assertThat(node.said).isEmpty();
    }

    @Nested
    class A_change {
        @Test
        void of_nothing_is_a_listing_at_once() {
            node.serve("a");

            assertThat(node.said).containsExactly(new Announcement.Listing(1, NOWHERE, services("a")));
        }

        @Test
        void is_said_at_once() {
            node.serve("a", "b", "c");
            node.advance(ofSeconds(1));
            node.takeSaid();
            node.serve("d");

            assertThat(node.said).containsExactly(new Announcement.Change(1, 2, List.of(), services("d")));
        }

        @Test
        void that_follows_shortly_after_another_waits_for_those_that_follow_it() {
            node.serve("a");
            node.serve("b");
            node.advance(ofMillis(10));
            node.serve("c");
            node.withdraw("b");
            assertThat(node.takeSaid()).hasSize(1);
            node.advance(ofMillis(9));
            assertThat(node.takeSaid()).isEmpty();
            node.advance(ofMillis(1));

            assertThat(node.takeSaid()).containsExactly(new Announcement.Change(1, 2, List.of(), services("c")));
        }

        @Test
        void that_is_taken_back_before_it_was_said_is_not_said() {
            node.serve("a");
            node.serve("b");
            node.withdraw("b");
            node.advance(ofMillis(20));

            assertThat(node.takeSaid()).hasSize(1);
        }

        @Test
        void of_one_service_among_a_thousand_is_small() {
            String[] names =
                    IntStream.range(0, 1_000).mapToObj(i -> "service-" + i).toArray(String[]::new);
            node.serve(names);
            node.advance(ofSeconds(1));
            int whole = node.takeSaid().stream()
                    .mapToInt(each -> each.encode().length)
                    .sum();
            node.withdraw("service-500");
            node.protocol.own().add(new Service("service-500", "", 2));
            node.advance(ofMillis(20));

            List<Announcement> said = node.takeSaid();
            assertThat(said).hasSize(2); // the withdrawal at once, the new one with what followed
            assertThat(said.stream().mapToInt(each -> each.encode().length).sum())
                    .isLessThan(100);
            assertThat(whole).isGreaterThan(20_000);
        }

        @Test
        void of_nearly_everything_is_a_listing_because_that_is_shorter() {
            node.serve("a-name-to-be-withdrawn", "another-name-to-be-withdrawn", "c");
            node.advance(ofSeconds(1));
            node.takeSaid();
            node.withdraw("a-name-to-be-withdrawn", "another-name-to-be-withdrawn");

            assertThat(node.takeSaid()).containsExactly(new Announcement.Listing(2, NOWHERE, services("c")));
        }

        @Test
        void to_nothing_is_said_and_then_nothing_more() {
            node.serve("a");
            node.advance(ofSeconds(1));
            node.takeSaid();
            node.withdraw("a");
            node.advance(ofSeconds(60));

            assertThat(node.takeSaid())
                    .containsExactly(new Announcement.Change(1, 2, List.of(new ServiceKey("a", "")), List.of()));
            node.serve("b");
            assertThat(node.takeSaid()).containsExactly(new Announcement.Listing(3, NOWHERE, services("b")));
        }

        @Test
        void of_thousands_of_services_is_two_messages_and_fits_both() {
            node.serve("first");
            for (int i = 0; i < 1_000; i++) {
                node.serve("service-" + i);
            }
            node.advance(ofMillis(20));

            assertThat(node.takeSaid()).hasSize(2).allMatch(each -> each.encode().length < Limits.MAX_MESSAGE_BYTES);
        }
    }

    @Test
    void a_refresh_comes_every_nine_to_ten_seconds() {
        node.serve("a");
        node.takeSaid();
        long before = node.nowNanos;
        for (int i = 0; i < 10; i++) {
            while (node.said.isEmpty()) {
                node.advance(ofMillis(1));
            }
            assertThat(node.takeSaid()).containsExactly(new Announcement.Here(1));
            assertThat(node.nowNanos - before)
                    .isBetween(
                            ofSeconds(9).toNanos(), ofSeconds(10).plusMillis(1).toNanos());
            before = node.nowNanos;
        }
    }

    @Nested
    class Asked {
        @Test
        void it_says_everything_within_a_second_even_if_it_has_just_done_so() {
            node.serve("a");
            node.takeSaid();
            node.hear(BOB, 1, new Announcement.Ask(List.of(SELF)));
            assertThat(node.takeSaid()).isEmpty();
            node.advance(ofSeconds(1));

            assertThat(node.takeSaid()).containsExactly(new Announcement.Listing(1, NOWHERE, services("a")));
        }

        @Test
        void it_says_it_within_a_few_milliseconds_after_a_while() {
            node.serve("a");
            node.advance(ofSeconds(5));
            node.takeSaid();
            node.hear(BOB, 1, everybody());
            node.advance(ofMillis(10));

            assertThat(node.takeSaid()).hasSize(1);
        }

        @Test
        void all_the_time_it_answers_once_a_second() {
            node.serve("a");
            node.takeSaid();
            for (int i = 0; i < 10_000; i++) {
                node.hear(BOB, 1, everybody());
                node.advance(ofMillis(1));
            }

            assertThat(node.takeSaid()).hasSizeBetween(9, 10);
        }

        @Test
        void all_the_time_in_a_crowd_it_answers_every_five_seconds() {
            for (int i = 0; i <= Limits.SMALL_COMPANY; i++) {
                node.hearListing(new NodeId(1, i), 1, 1, "x");
            }
            node.serve("a");
            node.takeSaid();
            for (int i = 0; i < 20_000; i++) {
                node.hear(BOB, 1, everybody());
                node.advance(ofMillis(1));
            }

            assertThat(node.takeSaid())
                    .filteredOn(Announcement.Listing.class::isInstance)
                    .hasSizeBetween(3, 4);
        }

        @Test
        void about_others_it_says_nothing() {
            node.serve("a");
            node.takeSaid();
            node.hear(BOB, 1, new Announcement.Ask(List.of(DirectoryFixture.CAROL)));
            node.advance(ofSeconds(5));

            assertThat(node.takeSaid()).isEmpty();
        }
    }

    @Nested
    class Company {
        @Test
        void after_a_time_alone_hears_everything() {
            node.serve("a");
            node.advance(ofSeconds(5));
            node.takeSaid();
            node.neighbours(1);

            assertThat(node.takeSaid())
                    .containsExactly(new Announcement.Listing(1, NOWHERE, services("a")), everybody());
        }

        @Test
        void in_addition_hears_that_it_is_there() {
            node.serve("a");
            node.neighbours(1);
            node.advance(ofSeconds(5));
            node.takeSaid();
            node.neighbours(2);

            assertThat(node.takeSaid()).containsExactly(new Announcement.Here(1));
        }

        @Test
        void that_comes_and_goes_hears_it_once_a_second() {
            node.serve("a");
            node.neighbours(1);
            node.takeSaid();
            for (int i = 0; i < 5_000; i++) {
                node.neighbours(2 + i % 2);
                node.advance(ofMillis(1));
            }

            assertThat(node.takeSaid()).hasSizeBetween(4, 6);
        }
    }

    @Test
    void what_did_not_leave_is_said_again() {
        node.serve("a");
        node.takeSaid();
        node.protocol.own().onUnsaid(node.nowNanos);
        node.advance(ofSeconds(1));

        assertThat(node.takeSaid()).containsExactly(new Announcement.Listing(1, NOWHERE, services("a")));
    }

    @Test
    void the_last_word_is_a_goodbye() {
        node.serve("a");
        node.takeSaid();
        node.protocol.close();

        assertThat(node.takeSaid()).containsExactly(new Announcement.Goodbye(2));
    }

    @Nested
    class Too_much {
        @Test
        void is_a_service_twice() {
            node.serve("a");

            assertThatThrownBy(() -> node.serve("a")).isInstanceOf(IllegalStateException.class);
            node.protocol.own().add(new Service("a", "2", 1));
        }

        @Test
        void is_more_than_1024_services() {
            for (int i = 0; i < Limits.MAX_SERVICES_PER_NODE; i++) {
                node.protocol.own().add(service("s" + i));
            }

            assertThatThrownBy(() -> node.serve("one-more")).isInstanceOf(IllegalStateException.class);
            node.withdraw("s7");
            node.serve("one-more");
        }

        @Test
        void is_more_than_a_message_holds() {
            int fitting = 0;
            try {
                for (; fitting < Limits.MAX_SERVICES_PER_NODE; fitting++) {
                    node.protocol.own().add(service(fitting + "x".repeat(240)));
                }
            } catch (IllegalStateException full) {
                assertThat(full).hasMessageContaining(Integer.toString(Limits.MAX_MESSAGE_BYTES));
            }
            node.protocol.onTime(node.nowNanos);

            assertThat(fitting).isBetween(370, 400);
            assertThat(node.takeSaid().get(0).encode()).hasSizeLessThanOrEqualTo(Limits.MAX_MESSAGE_BYTES);
        }
    }
}
