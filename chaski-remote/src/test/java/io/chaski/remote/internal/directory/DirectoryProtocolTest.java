package io.chaski.remote.internal.directory;

import static io.chaski.remote.internal.directory.DirectoryFixture.BOB;
import static io.chaski.remote.internal.directory.DirectoryFixture.CAROL;
import static io.chaski.remote.internal.directory.DirectoryFixture.NOWHERE;
import static io.chaski.remote.internal.directory.DirectoryFixture.SELF;
import static io.chaski.remote.internal.directory.DirectoryFixture.services;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.Service;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a participant believes, and when it asks. */
class DirectoryProtocolTest {

    private final DirectoryFixture node = new DirectoryFixture();

    private static Announcement.Change change(long from, long to, List<String> removed, Service... put) {
        return new Announcement.Change(
                from, to, removed.stream().map(name -> new ServiceKey(name, "")).toList(), List.of(put));
    }

    @Nested
    class A_listing {
        @Test
        void makes_its_sender_a_provider() {
            node.hearListing(BOB, 1, 5, "a", "b");

            assertThat(node.takeTold()).containsExactly("+a#1@2/1", "+b#1@2/1");
            assertThat(node.nodes("a")).containsExactly(2L);
            assertThat(node.nodes("c")).isEmpty();
            assertThat(node.protocol.known().names(10)).containsExactly("a", "b");
        }

        @Test
        void of_several_versions_is_several_providers() {
            node.hear(
                    BOB,
                    1,
                    new Announcement.Listing(
                            1,
                            NOWHERE,
                            List.of(new Service("a", "2", 9), new Service("a", "1", 8), new Service("aa", "", 7))));

            assertThat(node.protocol.known().providers("a"))
                    .extracting(provider -> provider.service().version())
                    .containsExactly("1", "2");
            assertThat(node.protocol.known().names(10)).containsExactly("a", "aa");
            node.hear(BOB, 1, new Announcement.Change(1, 2, List.of(new ServiceKey("a", "1")), List.of()));
            assertThat(node.protocol.known().providers("a"))
                    .extracting(provider -> provider.service().version())
                    .containsExactly("2");
        }

        @Test
        void that_is_later_replaces_an_earlier_one_service_by_service() {
            node.hearListing(BOB, 1, 5, "a", "b");
            node.takeTold();
            node.hear(
                    BOB,
                    1,
                    new Announcement.Listing(6, NOWHERE, List.of(new Service("b", "", 2), new Service("c", "", 1))));

            assertThat(node.takeTold()).containsExactly("-a#1@2/1 WITHDRAWN", "b#1@2/1 -> b#2@2/1", "+c#1@2/1");
        }

        @Test
        void that_is_earlier_changes_nothing() {
            node.hearListing(BOB, 1, 5, "a");
            node.hearListing(BOB, 1, 4, "b");

            assertThat(node.takeTold()).containsExactly("+a#1@2/1");
            assertThat(node.refused(Refusal.OUTDATED)).isEqualTo(1);
        }

        @Test
        void that_is_repeated_tells_nothing_and_renews_the_lease() {
            node.hearListing(BOB, 1, 5, "a");
            node.takeTold();
            node.advance(ofSeconds(20));
            node.hearListing(BOB, 1, 5, "a");
            node.advance(ofSeconds(29));

            assertThat(node.takeTold()).isEmpty();
        }

        @Test
        void speaks_for_its_sender_alone() {
            node.hearListing(BOB, 1, 5, "a");
            node.hear(CAROL, 1, new Announcement.Goodbye(9));
            node.hear(CAROL, 1, change(5, 6, List.of("a")));
            node.hear(CAROL, 9, new Announcement.Listing(9, NOWHERE, List.of()));

            assertThat(node.nodes("a")).containsExactly(2L);
        }
    }

    @Nested
    class The_lease {
        @BeforeEach
        void bobServes() {
            node.hearListing(BOB, 1, 5, "a");
            node.takeTold();
        }

        @Test
        void ends_thirty_seconds_after_the_last_word_to_the_nanosecond() {
            node.advance(ofSeconds(30).minusNanos(1));
            assertThat(node.takeTold()).isEmpty();
            node.advance(ofNanos(1));

            assertThat(node.takeTold()).containsExactly("-a#1@2/1 EXPIRED");
            assertThat(node.nodes("a")).isEmpty();
        }

        @Test
        void is_renewed_by_a_refresh() {
            node.advance(ofSeconds(29));
            node.hear(BOB, 1, new Announcement.Here(5));
            node.advance(ofSeconds(30).minusNanos(1));
            assertThat(node.takeTold()).isEmpty();
            node.advance(ofNanos(1));

            assertThat(node.takeTold()).containsExactly("-a#1@2/1 EXPIRED");
        }

        @Test
        void is_not_renewed_by_who_has_changed_and_does_not_say_how() {
            node.neighbours(1);
            for (int i = 0; i < 29; i++) {
                node.advance(ofSeconds(1));
                node.hear(BOB, 1, new Announcement.Here(6));
            }
            assertThat(node.takeTold()).isEmpty();
            node.advance(ofSeconds(1));

            assertThat(node.takeTold()).containsExactly("-a#1@2/1 EXPIRED");
        }

        @Test
        void of_each_node_is_its_own() {
            node.advance(ofSeconds(10));
            node.hearListing(CAROL, 1, 1, "a");
            node.hear(BOB, 1, new Announcement.Here(5));
            node.advance(ofSeconds(10));
            node.hear(CAROL, 1, new Announcement.Here(1));
            node.advance(ofSeconds(20));

            assertThat(node.nodes("a")).containsExactly(3L);
        }
    }

    @Nested
    class A_change {
        @BeforeEach
        void bobServes() {
            node.hearListing(BOB, 1, 5, "a", "b");
            node.neighbours(1);
            node.advance(ofSeconds(1));
            node.takeTold();
            node.takeSaid();
        }

        @Test
        void of_what_is_known_is_believed() {
            node.hear(BOB, 1, change(5, 6, List.of("a", "never"), new Service("b", "", 2), new Service("c", "", 1)));

            assertThat(node.takeTold()).containsExactly("-a#1@2/1 WITHDRAWN", "b#1@2/1 -> b#2@2/1", "+c#1@2/1");
            assertThat(node.takeSaid()).isEmpty();
        }

        @Test
        void of_something_else_is_asked_about_at_once() {
            node.hear(BOB, 1, change(6, 7, List.of("a")));

            assertThat(node.takeTold()).isEmpty();
            assertThat(node.takeSaid()).containsExactly(new Announcement.Ask(List.of(BOB)));
        }

        @Test
        void of_nobody_known_is_asked_about_at_once() {
            node.hear(CAROL, 1, change(1, 2, List.of()));

            assertThat(node.takeSaid()).containsExactly(new Announcement.Ask(List.of(CAROL)));
        }

        @Test
        void that_comes_again_is_over() {
            node.hear(BOB, 1, change(5, 6, List.of("a")));
            node.takeTold();
            node.hear(BOB, 1, change(5, 6, List.of("a")));

            assertThat(node.takeTold()).isEmpty();
            assertThat(node.takeSaid()).isEmpty();
        }

        @Test
        void that_takes_back_everything_ends_the_record() {
            node.hear(BOB, 1, change(5, 6, List.of("a", "b")));

            assertThat(node.takeTold()).containsExactly("-a#1@2/1 WITHDRAWN", "-b#1@2/1 WITHDRAWN");
            assertThat(node.protocol.known().size()).isZero();
            node.hearListing(BOB, 1, 5, "a");
            assertThat(node.refused(Refusal.OUTDATED)).isEqualTo(1);
            node.hearListing(BOB, 1, 7, "a");
            assertThat(node.takeTold()).containsExactly("+a#1@2/1");
        }
    }

    @Nested
    class Goodbye {
        @BeforeEach
        void bobServes() {
            node.hearListing(BOB, 3, 5, "a");
            node.takeTold();
        }

        @Test
        void withdraws_everything_at_once() {
            node.hear(BOB, 3, new Announcement.Goodbye(6));

            assertThat(node.takeTold()).containsExactly("-a#1@2/3 CLOSED");
            assertThat(node.nodes("a")).isEmpty();
        }

        @Test
        void of_an_earlier_incarnation_is_too_late() {
            node.hear(BOB, 2, new Announcement.Goodbye(99));

            assertThat(node.nodes("a")).containsExactly(2L);
        }

        @Test
        void is_the_last_word_of_an_incarnation() {
            node.hear(BOB, 3, new Announcement.Goodbye(6));
            node.hear(BOB, 3, new Announcement.Here(5));
            node.hearListing(BOB, 3, 5, "a");
            node.hearListing(BOB, 2, 9, "a");

            assertThat(node.nodes("a")).isEmpty();
            assertThat(node.refused(Refusal.OUTDATED)).isEqualTo(3);
            node.hearListing(BOB, 4, 1, "a");
            assertThat(node.nodes("a")).containsExactly(2L);
        }

        @Test
        void of_more_nodes_than_are_remembered_forgets_the_first() {
            for (int i = 0; i < Limits.MAX_DEPARTED; i++) {
                node.hear(new NodeId(1, i), 1, new Announcement.Goodbye(9));
            }
            node.hear(BOB, 3, new Announcement.Goodbye(6));
            node.hearListing(new NodeId(1, 1), 1, 1, "a");
            node.hearListing(new NodeId(1, 0), 1, 1, "a");

            assertThat(node.nodes("a")).containsExactly(0L);
        }
    }

    @Nested
    class A_restart {
        @BeforeEach
        void bobServes() {
            node.hearListing(BOB, 3, 50, "a", "b");
            node.neighbours(1);
            node.advance(ofSeconds(1));
            node.takeSaid();
            node.takeTold();
        }

        @Test
        void replaces_what_was_known() {
            node.hearListing(BOB, 4, 1, "b", "c");

            assertThat(node.takeTold())
                    .containsExactly("-a#1@2/3 RESTARTED", "-b#1@2/3 RESTARTED", "+b#1@2/4", "+c#1@2/4");
        }

        @Test
        void makes_what_the_earlier_incarnation_says_late() {
            node.hearListing(BOB, 4, 1, "b");
            node.takeTold();
            node.hearListing(BOB, 3, 51, "a");
            node.hear(BOB, 3, change(50, 51, List.of("b")));
            node.hear(BOB, 3, new Announcement.Goodbye(52));

            assertThat(node.takeTold()).isEmpty();
            assertThat(node.nodes("b")).containsExactly(2L);
        }

        @Test
        void of_which_only_a_refresh_is_heard_is_asked_about() {
            node.hear(BOB, 4, new Announcement.Here(50));

            assertThat(node.takeTold()).containsExactly("-a#1@2/3 RESTARTED", "-b#1@2/3 RESTARTED");
            assertThat(node.takeSaid()).containsExactly(new Announcement.Ask(List.of(BOB)));
        }
    }

    @Nested
    class A_question {
        @Test
        void to_everybody_comes_with_the_first_neighbour() {
            node.advance(ofSeconds(100));
            assertThat(node.takeSaid()).isEmpty();
            node.neighbours(1);

            assertThat(node.takeSaid()).containsExactly(new Announcement.Ask(List.of()));
        }

        @Test
        void to_everybody_comes_after_a_loss_once_a_second_at_most() {
            node.neighbours(1);
            node.takeSaid();
            for (int i = 0; i < 3_000; i++) {
                node.protocol.onLoss();
                node.advance(ofMillis(1));
            }

            assertThat(node.takeSaid()).hasSizeBetween(2, 3);
        }

        @Test
        void to_one_node_is_asked_again_after_five_seconds_until_it_falls_silent() {
            node.neighbours(1);
            node.advance(ofSeconds(1));
            node.takeSaid();
            node.hear(BOB, 1, new Announcement.Here(1));
            assertThat(node.takeSaid()).hasSize(1);
            node.advance(ofSeconds(5).minusNanos(1));
            assertThat(node.takeSaid()).isEmpty();
            node.advance(ofNanos(1));
            assertThat(node.takeSaid()).containsExactly(new Announcement.Ask(List.of(BOB)));
            node.advance(ofMinutes(5));

            assertThat(node.takeSaid()).as("in the rest of the lease").hasSize(4);
        }

        @Test
        void is_not_asked_again_when_it_is_answered() {
            node.neighbours(1);
            node.advance(ofSeconds(1));
            node.hear(BOB, 1, new Announcement.Here(1));
            node.takeSaid();
            node.hearListing(BOB, 1, 1, "a");
            node.advance(ofSeconds(25));

            assertThat(node.takeSaid()).isEmpty();
        }

        @Test
        void is_left_to_whoever_asks_first() {
            node.neighbours(1);
            node.hear(BOB, 1, new Announcement.Here(1)); // in the second after the question to everybody
            node.takeSaid();
            node.hear(CAROL, 1, new Announcement.Ask(List.of(BOB)));
            node.advance(ofSeconds(5).minusNanos(1));
            assertThat(node.takeSaid()).isEmpty();
            node.advance(ofNanos(1));

            assertThat(node.takeSaid()).containsExactly(new Announcement.Ask(List.of(BOB)));
        }

        @Test
        void about_many_nodes_is_put_in_parts() {
            node.neighbours(1);
            node.advance(ofMillis(500));
            node.takeSaid();
            for (int i = 0; i < 150; i++) {
                node.hear(new NodeId(1, i), 1, new Announcement.Here(1));
            }
            node.advance(ofSeconds(3));

            assertThat(node.takeSaid())
                    .extracting(each -> ((Announcement.Ask) each).nodes().size())
                    .containsExactly(64, 64, 22);
        }

        @Test
        void is_not_asked_of_nobody() {
            node.hear(BOB, 1, new Announcement.Here(1));
            node.advance(ofSeconds(20));

            assertThat(node.takeSaid()).isEmpty();
        }
    }

    @Nested
    class Hostile_input {
        @Test
        void is_counted_by_its_reason() {
            node.hearBytes(BOB, 1, new byte[0]);
            node.hearBytes(BOB, 1, new byte[] {1, 2, 3});
            node.hearBytes(BOB, 1, new byte[] {99});
            node.hearBytes(BOB, 1, new byte[Limits.MAX_MESSAGE_BYTES + 1]);
            node.hear(SELF, 1, new Announcement.Goodbye(1));

            assertThat(node.protocol.refusals())
                    .isEqualTo(Map.of(
                            Refusal.MALFORMED, 2L,
                            Refusal.UNKNOWN_KIND, 1L,
                            Refusal.OVERSIZED, 1L,
                            Refusal.OWN_ID, 1L));
            assertThat(node.takeTold()).isEmpty();
            assertThat(node.takeSaid()).isEmpty();
        }

        @Test
        void with_numbers_at_the_ends_of_their_range_is_believed_as_it_is() {
            node.hearListing(BOB, Long.MAX_VALUE, Long.MAX_VALUE, "a");
            node.hear(BOB, Long.MAX_VALUE, new Announcement.Here(Long.MIN_VALUE));
            node.hear(CAROL, Long.MIN_VALUE, new Announcement.Listing(Long.MIN_VALUE, NOWHERE, services("a")));

            assertThat(node.nodes("a")).containsExactly(2L, 3L);
        }

        @Test
        void of_one_node_costs_one_record() {
            for (int i = 0; i < 1_000; i++) {
                node.hearListing(BOB, i, i, "a" + i);
            }

            assertThat(node.protocol.known().size()).isEqualTo(1);
            assertThat(node.protocol.known().names(10)).containsExactly("a999");
        }
    }

    @Nested
    class A_full_table {
        private void fill(int nodes) {
            for (int i = 0; i < nodes; i++) {
                node.hearListing(new NodeId(1, i), 1, 1, "a");
            }
        }

        @Test
        void of_nodes_takes_no_more_and_says_so_once() {
            fill(Limits.MAX_RECORDS);
            node.takeTold();
            node.hearListing(BOB, 1, 1, "b");
            node.hearListing(CAROL, 1, 1, "b");

            assertThat(node.takeTold()).containsExactly("LimitReached[limit=4096]");
            assertThat(node.refused(Refusal.TABLE_FULL)).isEqualTo(2);
            assertThat(node.protocol.known().size()).isEqualTo(Limits.MAX_RECORDS);
            assertThat(node.nodes("b")).isEmpty();
        }

        @Test
        void asks_nobody_whom_it_could_not_take() {
            fill(Limits.MAX_RECORDS);
            node.neighbours(1);
            node.advance(ofSeconds(1));
            node.takeSaid();
            node.hear(BOB, 1, new Announcement.Here(1));
            node.advance(ofSeconds(10));

            assertThat(node.takeSaid()).isEmpty();
        }

        @Test
        void takes_those_that_are_there_already_and_others_when_there_is_room() {
            fill(Limits.MAX_RECORDS);
            node.takeTold();
            node.hearListing(new NodeId(1, 7), 1, 2, "a", "b");
            node.hear(new NodeId(1, 8), 1, new Announcement.Goodbye(2));
            node.hearListing(BOB, 1, 1, "b");

            assertThat(node.nodes("b")).containsExactlyInAnyOrder(2L, 7L);
            assertThat(node.refused(Refusal.TABLE_FULL)).isZero();
        }

        @Test
        void of_services_takes_no_more_of_anybody() {
            String[] many = IntStream.range(0, Limits.MAX_SERVICES_PER_NODE)
                    .mapToObj(i -> "s" + i)
                    .toArray(String[]::new);
            int full = Limits.MAX_SERVICES / Limits.MAX_SERVICES_PER_NODE;
            for (int i = 0; i < full; i++) {
                node.hearListing(new NodeId(1, i), 1, 1, many);
            }
            node.takeTold();
            node.hearListing(BOB, 1, 1, "b");
            assertThat(node.takeTold()).containsExactly("LimitReached[limit=32768]");
            node.hear(new NodeId(1, 0), 1, change(1, 2, List.of("s0"), new Service("b", "", 1)));
            assertThat(node.nodes("b")).containsExactly(0L);
            node.hear(new NodeId(1, 1), 1, change(1, 2, List.of(), new Service("b", "", 1)));

            assertThat(node.nodes("b")).containsExactly(0L);
            assertThat(node.refused(Refusal.TABLE_FULL)).isEqualTo(2);
            node.hear(new NodeId(1, 2), 1, new Announcement.Goodbye(2));
            node.hearListing(BOB, 1, 1, "b");
            assertThat(node.nodes("b")).containsExactlyInAnyOrder(0L, 2L);
        }
    }

    @Test
    void round_trip_times_are_those_of_the_edges() {
        node.hearListing(BOB, 1, 1, "a");
        node.hearListing(CAROL, 1, 1, "a");
        long before = node.protocol.known().version();
        node.protocol.known().setRoundTrips(Map.of(CAROL, ofMillis(3), SELF, ofMillis(9)));
        assertThat(node.protocol.known().version()).isGreaterThan(before);
        before = node.protocol.known().version();
        node.protocol.known().setRoundTrips(Map.of(CAROL, ofMillis(3), SELF, ofMillis(9)));

        assertThat(node.protocol.known().version()).isEqualTo(before);
        assertThat(node.protocol.known().providers("a"))
                .extracting(provider -> provider.roundTrip())
                .containsExactly(Optional.empty(), Optional.of(ofMillis(3)));
    }

    /** Nodes that serve, withdraw, restart and lose messages agree once all is quiet. */
    @Test
    void whatever_was_lost_all_agree_in_the_end() {
        for (int seed = 1; seed <= 50; seed++) {
            new Rumour(seed).run();
        }
    }

    private static final class Rumour {
        private static final int NODES = 5;

        private final int seed;
        private final Random random;
        private final DirectoryFixture[] nodes = new DirectoryFixture[NODES];
        private final long[] epochs = new long[NODES];

        Rumour(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            for (int i = 0; i < NODES; i++) {
                start(i, 0);
            }
        }

        private void start(int i, long nowNanos) {
            nodes[i] = new DirectoryFixture(new NodeId(0, i), random.nextLong(), nowNanos);
            epochs[i]++;
            nodes[i].neighbours(1);
        }

        void run() {
            for (int step = 0; step < 2_000; step++) {
                int i = random.nextInt(NODES);
                String name = "s" + random.nextInt(4);
                boolean serves = nodes[i].protocol.own().services().stream()
                        .anyMatch(service -> service.name().equals(name));
                switch (random.nextInt(20)) {
                    case 0 -> start(i, nodes[i].nowNanos);
                    case 1, 2, 3, 4 -> {
                        if (serves) {
                            nodes[i].withdraw(name);
                        } else {
                            nodes[i].serve(name);
                        }
                    }
                    default -> advance(Duration.ofMillis(random.nextInt(200)), 0.3);
                }
            }
            for (int i = 0; i < 600; i++) {
                advance(Duration.ofMillis(100), 0);
            }
            for (DirectoryFixture one : nodes) {
                for (int name = 0; name < 4; name++) {
                    String service = "s" + name;
                    assertThat(one.nodes(service))
                            .as("seed %s, %s", seed, service)
                            .isEqualTo(servers(service, one));
                }
            }
        }

        private List<Long> servers(String service, DirectoryFixture asked) {
            return IntStream.range(0, NODES)
                    .filter(i -> nodes[i] != asked)
                    .filter(i -> nodes[i].protocol.own().services().contains(DirectoryFixture.service(service)))
                    .mapToObj(i -> (long) i)
                    .toList();
        }

        private void advance(Duration duration, double loss) {
            for (DirectoryFixture each : nodes) {
                each.advance(duration);
            }
            for (int from = 0; from < NODES; from++) {
                for (Announcement announcement : nodes[from].takeSaid()) {
                    for (int to = 0; to < NODES; to++) {
                        if (to != from && random.nextDouble() >= loss) {
                            nodes[to].hear(new NodeId(0, from), epochs[from], announcement);
                        }
                    }
                }
            }
        }
    }
}
