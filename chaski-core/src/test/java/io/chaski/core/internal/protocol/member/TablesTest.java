package io.chaski.core.internal.protocol.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The small tables that overlays are made of. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TablesTest {

    private static final long SECOND = 1_000_000_000L;

    private final RandomGenerator random = new SplittableRandom(5);

    private static Descriptor descriptor(int id, long epoch, boolean reachable, int ageSeconds) {
        return new Descriptor(
                new NodeId(0, id),
                epoch,
                List.of(Address.tcp("10.0.0.1", 1 + id)),
                reachable,
                false,
                false,
                TopicSummary.NONE,
                ageSeconds);
    }

    @Nested
    class A_view {

        private final View view = new View(3);

        private View.Entry put(Descriptor descriptor, long nowSeconds) {
            return view.put(descriptor, false, nowSeconds * SECOND, random);
        }

        @Test
        void never_holds_more_than_its_capacity_and_says_who_made_room() {
            for (int id = 0; id < 3; id++) {
                assertThat(put(descriptor(id, 1, false, 0), 0)).isNull();
            }
            View.Entry evicted = put(descriptor(3, 1, false, 0), 0);
            assertThat(evicted).isNotNull();
            assertThat(view.size()).isEqualTo(3);
            assertThat(view.contains(evicted.id())).isFalse();
            assertThat(view.contains(new NodeId(0, 3))).isTrue();
        }

        @Test
        void takes_newer_words_and_keeps_older_ones_out() {
            put(descriptor(1, 5, false, 10), 0);
            put(descriptor(1, 4, false, 0), 1);
            assertThat(view.entries().get(0).aged(SECOND)).isEqualTo(descriptor(1, 5, false, 11));
            put(descriptor(1, 5, false, 3), 2);
            assertThat(view.entries().get(0).aged(2 * SECOND)).isEqualTo(descriptor(1, 5, false, 3));
            put(descriptor(1, 6, false, 100), 3);
            assertThat(view.entries().get(0).aged(3 * SECOND)).isEqualTo(descriptor(1, 6, false, 100));
        }

        @Test
        void remembers_that_somebody_reached_a_node_for_as_long_as_it_lives() {
            put(descriptor(1, 5, true, 10), 0);
            put(descriptor(1, 5, false, 0), 1);
            assertThat(view.entries().get(0).descriptor()).isEqualTo(descriptor(1, 5, true, 0));
            put(descriptor(1, 6, false, 0), 2);
            assertThat(view.entries().get(0).descriptor()).isEqualTo(descriptor(1, 6, false, 0));
        }

        @Test
        void tells_hints_from_nodes_it_has_met() {
            put(descriptor(1, 5, false, 0), 0);
            assertThat(view.entries().get(0).trust()).isEqualTo(Peers.Trust.HINT);
            view.put(descriptor(1, 5, false, 0), true, 0, random);
            assertThat(view.entries().get(0).trust()).isEqualTo(Peers.Trust.KNOWN);
        }

        @Test
        void takes_the_word_of_others_about_a_node_it_has_met_for_a_hint() {
            Descriptor own = descriptor(1, 5, true, 10);
            view.put(own, true, 0, random);
            put(moved(own, Address.tcp("10.6.6.6", 22)), 1);
            assertThat(view.entries().get(0).trust()).isEqualTo(Peers.Trust.HINT);

            put(moved(own, own.addresses().get(0)), 2);
            assertThat(view.entries().get(0).trust()).isEqualTo(Peers.Trust.KNOWN);
        }

        @Test
        void does_not_take_the_word_of_others_for_its_own_on_the_way_through_another_table() {
            View book = new View(2);
            Descriptor own = descriptor(1, 5, true, 10);
            view.put(own, true, 0, random);
            book.take(view.remove(own.id()), random);
            view.take(book.remove(own.id()), random);
            assertThat(view.entries().get(0).trust()).isEqualTo(Peers.Trust.KNOWN);

            put(moved(own, Address.tcp("10.6.6.6", 22)), 1);
            assertThat(view.entries().get(0).trust()).isEqualTo(Peers.Trust.HINT);
        }

        /** A later incarnation at an address, as somebody says. */
        private Descriptor moved(Descriptor before, Address to) {
            long epoch = view.get(before.id()).descriptor().epoch() + 1;
            return new Descriptor(before.id(), epoch, List.of(to), false, false, false, TopicSummary.NONE, 0);
        }

        @Test
        void gives_up_what_is_too_old() {
            put(descriptor(1, 1, false, 50), 0);
            put(descriptor(2, 1, false, 0), 0);
            assertThat(view.removeOlderThan(60, 11 * SECOND))
                    .singleElement()
                    .extracting(View.Entry::id)
                    .isEqualTo(new NodeId(0, 1));
            assertThat(view.size()).isEqualTo(1);
        }

        @Test
        void behaves_like_a_naive_table_under_random_use() {
            View checked = new View(20);
            List<NodeId> naive = new ArrayList<>();
            for (int step = 0; step < 20_000; step++) {
                NodeId id = new NodeId(0, random.nextInt(60));
                if (random.nextInt(3) == 0) {
                    assertThat(checked.remove(id) != null).isEqualTo(naive.remove(id));
                } else {
                    View.Entry evicted = checked.put(descriptor((int) id.low(), 1, false, 0), false, 0, random);
                    if (!naive.contains(id)) {
                        naive.add(id);
                    }
                    if (evicted != null) {
                        assertThat(naive.remove(evicted.id())).isTrue();
                    }
                }
                assertThat(checked.size()).isEqualTo(naive.size()).isLessThanOrEqualTo(20);
            }
            assertThat(checked.entries()).extracting(View.Entry::id).containsExactlyInAnyOrderElementsOf(naive);
        }
    }

    @Nested
    class The_lost {

        private final LostMembers lost = new LostMembers(2, 100 * SECOND);

        @Test
        void make_room_by_rumours_first_and_then_by_age() {
            lost.add(descriptor(1, 1, false, 0), true, 0);
            lost.add(descriptor(2, 1, false, 0), false, 0);
            lost.add(descriptor(3, 1, true, 0), false, 0);
            assertThat(lost.contains(new NodeId(0, 2))).isFalse();
            lost.add(descriptor(4, 1, false, 0), true, 0);
            assertThat(lost.contains(new NodeId(0, 1))).isFalse();
            assertThat(lost.size()).isEqualTo(2);
        }

        @Test
        void do_not_give_way_to_rumours() {
            lost.add(descriptor(1, 1, false, 0), true, 0);
            lost.add(descriptor(2, 1, false, 0), true, 0);
            lost.add(descriptor(3, 1, false, 0), false, 0);
            assertThat(lost.contains(new NodeId(0, 3))).isFalse();
        }

        @Test
        void are_given_up_after_their_time() {
            lost.add(descriptor(1, 1, false, 0), true, 0);
            lost.expire(100 * SECOND);
            assertThat(lost.size()).isEqualTo(1);
            lost.expire(101 * SECOND);
            assertThat(lost.size()).isZero();
        }
    }

    @Nested
    class A_budget {

        private final FrameBudget budget = new FrameBudget(2, 1);
        private final NodeId peer = new NodeId(0, 1);

        @Test
        void counts_each_kind_and_peer_on_its_own_and_starts_anew_every_second() {
            assertThat(budget.take(peer, 0, 0)).isTrue();
            assertThat(budget.take(peer, 0, SECOND / 2)).isTrue();
            assertThat(budget.take(peer, 0, SECOND - 1)).isFalse();
            assertThat(budget.take(peer, 1, SECOND - 1)).isTrue();
            assertThat(budget.take(new NodeId(0, 2), 0, SECOND - 1)).isTrue();
            assertThat(budget.take(peer, 0, SECOND)).isTrue();
        }
    }

    @Nested
    class A_sample {

        @Test
        void has_no_repetition_and_at_most_what_there_is() {
            assertThat(Sampling.choose(new ArrayList<>(List.of(1, 2, 3)), 5, random))
                    .containsExactlyInAnyOrder(1, 2, 3);
            assertThat(Sampling.choose(new ArrayList<>(List.of(1, 2, 3, 4, 5)), 2, random))
                    .hasSize(2)
                    .doesNotHaveDuplicates();
        }
    }

    @Nested
    class Settings {

        @Test
        void that_contradict_each_other_are_refused() {
            MembershipSettings d = MembershipSettings.DEFAULTS;
            assertThatThrownBy(() -> new MembershipSettings(
                            7,
                            6,
                            d.chosenReserve(),
                            d.passiveMax(),
                            d.bookMax(),
                            d.lostMax(),
                            d.lostFor(),
                            d.requestsMax(),
                            d.joinWalks(),
                            d.joinWalkHops(),
                            d.joinWalkExtraHops(),
                            d.joinWalkPassiveAt(),
                            d.contacts(),
                            d.shuffleActive(),
                            d.shufflePassive(),
                            d.shuffleHops(),
                            d.fillEvery(),
                            d.shuffleEvery(),
                            d.probeEvery(),
                            d.answerWithin(),
                            d.reachWithin(),
                            d.drainWithin(),
                            d.shortageAfter(),
                            d.refusedFor(),
                            d.healEvery(),
                            d.urgentPerSecond(),
                            d.retryFirst(),
                            Duration.ofSeconds(30),
                            d.forgottenAfter(),
                            d.expiresAfter()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("activeMax must be at least activeTarget, at least 1");
        }
    }

    @Nested
    class Members_of_an_overlay {
        private final Mesh mesh = new Mesh(5);
        private final MeshNode node = mesh.node();
        private final MeshNode other = mesh.node();
        private final Members members = new Members(node, id -> false);

        /** Met, and made way for others. */
        @BeforeEach
        void meetAndBook() {
            members.met(new MeshPeer(node, other, true));
            for (int id = 1; members.book().get(other.self()) == null && id < 10_000; id++) {
                members.learn(descriptor(id, 1, false, 0));
            }
        }

        private Descriptor elsewhere() {
            Descriptor own = other.descriptor();
            return new Descriptor(
                    own.id(),
                    own.epoch() + 1,
                    List.of(Address.tcp("10.6.6.6", 22)),
                    false,
                    false,
                    false,
                    TopicSummary.NONE,
                    0);
        }

        @Test
        void are_hints_where_others_say_they_are_although_they_were_met() {
            members.learn(elsewhere());

            assertThat(members.passive().get(other.self()).trust()).isEqualTo(Peers.Trust.HINT);
        }

        @Test
        void are_known_when_they_are_named_where_they_were_met() {
            members.learn(other.descriptor());

            assertThat(members.passive().get(other.self()).trust()).isEqualTo(Peers.Trust.KNOWN);
        }

        @Test
        void are_lost_as_hints_where_others_said_they_were() {
            members.vanished(elsewhere(), false);

            assertThat(members.lost().choose(1, node.random()))
                    .singleElement()
                    .satisfies(lost -> assertThat(lost.met()).isFalse());
            assertThat(members.find(other.self())).isEqualTo(new Peers.Known(elsewhere(), Peers.Trust.HINT));
        }

        @Test
        void are_found_also_when_they_have_vanished_until_they_say_that_they_leave() {
            Peers.Known met = new Peers.Known(Members.withReachable(other.descriptor(), true), Peers.Trust.KNOWN);
            members.learn(other.descriptor());
            assertThat(members.find(other.self())).isEqualTo(met);

            members.vanished(met.descriptor(), true);
            assertThat(members.find(other.self())).isEqualTo(met);

            members.forget(other.self());
            assertThat(members.find(other.self())).isNull();
        }
    }
}
