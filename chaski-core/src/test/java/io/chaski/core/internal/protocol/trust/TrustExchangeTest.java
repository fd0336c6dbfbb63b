package io.chaski.core.internal.protocol.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.trust.TrustExchange.Verdict;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.TrustFrame;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustFrame.TrustRequest;
import io.chaski.core.internal.wire.TrustFrame.TrustState;
import io.chaski.core.internal.wire.TrustFrame.TrustUpdate;
import io.chaski.core.internal.wire.TrustKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TrustExchangeTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final Wires wires = new Wires();
    private final Member mill = new Member("mill");
    private final Member press = new Member("press");

    /** A node whose documents are checked by the test: what begins with "good" is believed, what begins with "lost" it cannot check. */
    private final class Member {
        private final Node node;
        private final List<String> checked = new ArrayList<>();
        private boolean isAnswering = true;

        Member(String name) {
            this(name, true);
        }

        Member(String name, boolean isChecking) {
            node = wires.node(name);
            if (isChecking) {
                serve();
            }
        }

        private void serve() {
            node.protocol().trust().serve(EnumSet.allOf(TrustKind.class), this::check);
        }

        private void check(TrustKind kind, Edition claimed, ArrayPayload document) {
            String text =
                    new String(document.toByteArray(), 0, Math.min(4, document.size()), StandardCharsets.US_ASCII);
            checked.add(kind + " " + claimed.number() + " " + text);
            if (isAnswering) {
                answers.add(() -> answer(kind, claimed, document, verdict(text)));
            }
        }

        private static Verdict verdict(String text) {
            return switch (text) {
                case "good" -> Verdict.BELIEVED;
                case "lost" -> Verdict.FAILED;
                default -> Verdict.REFUSED;
            };
        }

        private void answer(TrustKind kind, Edition claimed, ArrayPayload document, Verdict verdict) {
            if (verdict == Verdict.BELIEVED) {
                node.protocol().onTrusted(claimed, document, DAY.toNanos(), wires.nowNanos());
            }
            node.protocol().onTrustChecked(kind, verdict, wires.nowNanos());
        }

        void hold(Edition edition, ArrayPayload document) {
            hold(edition, document, DAY);
        }

        void hold(Edition edition, ArrayPayload document, Duration life) {
            node.protocol().onTrusted(edition, document, life.toNanos(), wires.nowNanos());
        }

        long number(TrustKind kind) {
            Edition edition = node.protocol().trust().edition(kind);
            return edition == null ? 0 : edition.number();
        }

        /** Sends whatever the test likes. */
        void send(Member to, Frame frame) {
            Peer peer = Objects.requireNonNull(node.protocol().peers().get(to.node.id()));
            peer.send(frame);
        }

        long counter(String name) {
            return node.counter(name);
        }
    }

    private final List<Runnable> answers = new ArrayList<>();

    /** Checks take no time here, but are answered in a later step. */
    private void advance(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 20) {
            wires.advance(Duration.ofMillis(Math.min(20, left)));
            List<Runnable> due = List.copyOf(answers);
            answers.clear();
            due.forEach(Runnable::run);
        }
    }

    private void connect(Member one, Member other) {
        one.node.connect(other.node.address());
        wires.settle();
    }

    private static Edition list(long number) {
        return new Edition(TrustKind.REVOCATIONS.code(), number, 0);
    }

    private static Edition policy(long version, long renewal) {
        return new Edition(TrustKind.POLICY.code(), version, renewal);
    }

    private static ArrayPayload document(String text, int size) {
        byte[] bytes = new byte[size];
        byte[] begin = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(begin, 0, bytes, 0, begin.length);
        return ArrayPayload.owning(bytes);
    }

    private static ArrayPayload good() {
        return document("good", 100);
    }

    @Nested
    class Between_neighbours {
        @Test
        void a_list_is_told_asked_for_and_handed_over_once() {
            connect(mill, press);
            mill.hold(list(7), good());
            advance(Duration.ofSeconds(1));

            assertThat(press.number(TrustKind.REVOCATIONS)).isEqualTo(7);
            assertThat(press.checked).containsExactly("REVOCATIONS 7 good");
            assertThat(mill.node.sent(TrustUpdate.class)).hasSize(1);
            assertThat(mill.node.sent(TrustRequest.class)).isEmpty();
        }

        /** A kind that nobody hands on would show here. */
        @ParameterizedTest
        @EnumSource
        void each_kind_is_handed_on(TrustKind kind) {
            connect(mill, press);
            mill.hold(new Edition(kind.code(), 7, 0), good());
            advance(Duration.ofSeconds(1));

            assertThat(press.checked).containsExactly(kind + " 7 good");
            assertThat(TrustKind.of(kind.code())).isEqualTo(kind);
        }

        @Test
        void who_comes_later_gets_it_when_the_edge_is_up() {
            mill.hold(list(7), good());
            mill.hold(policy(3, 50), good());
            connect(press, mill);
            advance(Duration.ofSeconds(1));

            assertThat(press.number(TrustKind.REVOCATIONS)).isEqualTo(7);
            assertThat(press.number(TrustKind.POLICY)).isEqualTo(3);
        }

        @Test
        void the_same_policy_signed_again_is_news() {
            connect(mill, press);
            mill.hold(policy(3, 50), good());
            advance(Duration.ofSeconds(2));
            mill.hold(policy(3, 51), good());
            advance(Duration.ofSeconds(2));

            assertThat(press.node.protocol().trust().edition(TrustKind.POLICY)).isEqualTo(policy(3, 51));
        }

        @Test
        void the_largest_document_comes_in_parts() {
            connect(mill, press);
            ArrayPayload large = document("good", TrustKind.REVOCATIONS.maxBytes());
            mill.hold(list(1), large);
            advance(Duration.ofSeconds(1));

            assertThat(press.number(TrustKind.REVOCATIONS)).isEqualTo(1);
            assertThat(mill.node.sent(TrustUpdate.class)).hasSize(17);
            assertThat(mill.node.sent(TrustUpdate.class))
                    .allMatch(part -> part.bytes().size() <= TrustFrame.PART_BYTES);
        }

        @Test
        void who_has_nothing_says_nothing_and_what_was_said_is_said_again() {
            connect(mill, press);
            advance(Duration.ofMinutes(1));
            assertThat(mill.node.sent(TrustFrame.class)).isEmpty();

            mill.hold(list(1), good());
            advance(Duration.ofMinutes(1));
            assertThat(mill.node.sent(TrustState.class)).hasSizeBetween(9, 16);
        }

        /** An edge that is used for nothing else ends, although things are said on it again and again. */
        @Test
        void it_does_not_keep_edges_open() {
            mill.hold(list(1), good());
            Duration idle =
                    Duration.ofNanos(mill.node.options().settings().edge().idleNanos());
            mill.node.reach(descriptor(press));
            wires.settle();
            assertThat(mill.node.peers()).containsExactly(press.node.id());
            advance(idle.multipliedBy(2));

            assertThat(mill.node.peers()).isEmpty();
        }

        @Test
        void what_has_ended_is_not_handed_on_and_keeps_older_ones_out() {
            connect(mill, press);
            mill.hold(list(7), good(), Duration.ofSeconds(10));
            press.hold(list(7), good(), Duration.ofSeconds(10));
            advance(Duration.ofSeconds(30));
            Member saw = new Member("saw");
            connect(saw, mill);
            advance(Duration.ofSeconds(30));

            assertThat(saw.number(TrustKind.REVOCATIONS)).isZero();
            saw.hold(list(6), good());
            advance(Duration.ofSeconds(30));
            assertThat(mill.number(TrustKind.REVOCATIONS)).isEqualTo(7);
            assertThat(mill.checked).isEmpty();
        }

        @Test
        void a_node_that_checks_nothing_asks_for_nothing() {
            Node plain = wires.node("plain");
            plain.connect(mill.node.address());
            wires.settle();
            mill.hold(list(1), good());
            advance(Duration.ofSeconds(20));

            assertThat(plain.sent(TrustFrame.class)).isEmpty();
        }
    }

    private Descriptor descriptor(Member member) {
        return new Descriptor(
                member.node.id(),
                member.node.options().epoch(),
                List.of(member.node.address()),
                true,
                false,
                false,
                TopicSummary.NONE,
                0);
    }

    /** Row 107: press does everything wrong, mill sees through it. */
    @Nested
    class Row_107 {
        /** Takes nothing itself, so that it says and sends only what a test wants. */
        private final Member press = new Member("hostile", false);

        private void isOffered(long number) {
            press.send(mill, new TrustState(List.of(list(number))));
            advance(Duration.ofMillis(100));
        }

        private void isSent(Edition edition, ArrayPayload document) {
            press.send(mill, new TrustUpdate(edition, document.size(), 0, document));
            advance(Duration.ofMillis(100));
        }

        @BeforeEach
        void connected() {
            connect(press, mill);
        }

        @Test
        void what_is_not_believed_costs_its_sender_and_is_checked_once_in_ten_seconds() {
            press.hold(list(9), document("evil", 100));
            advance(Duration.ofSeconds(101));

            assertThat(mill.number(TrustKind.REVOCATIONS)).isZero();
            assertThat(mill.checked).hasSize(11);
            assertThat(mill.counter("misbehaved.trust-refused")).isEqualTo(11);
            assertThat(mill.node.peers()).containsExactly(press.node.id());
        }

        /** Its root may have come while this node was away, which its neighbours cannot know. */
        @Test
        void what_this_node_cannot_check_is_held_against_nobody_and_checked_as_seldom() {
            press.hold(list(9), document("lost", 100));
            advance(Duration.ofSeconds(101));

            assertThat(mill.number(TrustKind.REVOCATIONS)).isZero();
            assertThat(mill.checked).hasSize(11);
            assertThat(mill.counter("trust.failed")).isEqualTo(11);
            assertThat(mill.counter("misbehaved.trust-refused")).isZero();
        }

        @Test
        void meanwhile_another_one_is_asked() {
            Member saw = new Member("saw");
            connect(saw, mill);
            press.hold(list(9), document("evil", 100));
            saw.isAnswering = false; // keeps it from taking what press has
            advance(Duration.ofSeconds(1));
            saw.hold(list(8), good());
            advance(Duration.ofSeconds(1));

            assertThat(mill.number(TrustKind.REVOCATIONS)).isEqualTo(8);
        }

        @Test
        void a_lower_number_than_was_said_is_dropped() {
            mill.hold(list(7), good());
            isOffered(9);
            isSent(list(6), good());

            assertThat(mill.checked).isEmpty();
            assertThat(mill.number(TrustKind.REVOCATIONS)).isEqualTo(7);
            assertThat(mill.counter("misbehaved.trust-old")).isEqualTo(1);
        }

        @Test
        void what_comes_another_way_meanwhile_is_no_fault() {
            isOffered(7);
            mill.hold(list(7), good());
            isSent(list(7), good());

            assertThat(mill.checked).isEmpty();
            assertThat(mill.counter("trust.late")).isEqualTo(1);
            assertThat(mill.counter("misbehaved.trust-old")).isZero();
        }

        @Test
        void two_megabytes_are_dropped_with_the_first_part() {
            isOffered(9);
            press.send(mill, new TrustUpdate(list(9), 2 << 20, 0, document("good", TrustFrame.PART_BYTES)));
            advance(Duration.ofMillis(100));

            assertThat(mill.checked).isEmpty();
            assertThat(mill.counter("misbehaved.trust-broken")).isEqualTo(1);
        }

        @Test
        void parts_out_of_order_or_of_something_else_are_dropped() {
            isOffered(9);
            int size = 2 * TrustFrame.PART_BYTES;
            press.send(mill, new TrustUpdate(list(9), size, 0, document("good", TrustFrame.PART_BYTES)));
            press.send(mill, new TrustUpdate(list(9), size, 0, document("good", TrustFrame.PART_BYTES)));
            advance(Duration.ofMillis(100));
            assertThat(mill.counter("misbehaved.trust-broken")).isEqualTo(1);

            advance(Duration.ofSeconds(11)); // asked again
            press.send(mill, new TrustUpdate(list(9), size, 0, document("good", TrustFrame.PART_BYTES)));
            press.send(mill, new TrustUpdate(list(10), size, size / 2, document("", TrustFrame.PART_BYTES)));
            advance(Duration.ofMillis(100));
            assertThat(mill.counter("misbehaved.trust-broken")).isEqualTo(2);
            assertThat(mill.checked).isEmpty();
        }

        @Test
        void a_hundred_a_second_that_nobody_has_asked_for_are_dropped_unchecked() {
            for (int i = 0; i < 1_000; i++) {
                press.send(mill, new TrustUpdate(list(100 + i), 100, 0, good()));
                advance(Duration.ofMillis(10));
            }

            assertThat(mill.checked).isEmpty();
            assertThat(mill.counter("misbehaved.trust-unasked")).isEqualTo(1_000);
        }

        @Test
        void a_hundred_offers_a_second_lead_to_one_check_in_ten_seconds() {
            for (int i = 0; i < 1_000; i++) {
                press.hold(list(100 + i), document("evil", 100));
                advance(Duration.ofMillis(10));
            }

            assertThat(mill.checked).hasSizeBetween(1, 2);
            assertThat(mill.counter("misbehaved.trust-flood")).isGreaterThan(900);
        }

        @Test
        void a_hundred_requests_a_second_get_a_few_answers() {
            mill.hold(list(5), good());
            advance(Duration.ofSeconds(1));
            int before = mill.node.sent(TrustUpdate.class).size();
            for (int i = 0; i < 1_000; i++) {
                press.send(mill, new TrustRequest(TrustKind.REVOCATIONS.code()));
                advance(Duration.ofMillis(10));
            }

            assertThat(mill.node.sent(TrustUpdate.class).size() - before).isBetween(3, 9);
            assertThat(mill.counter("trust.not-answered")).isGreaterThan(900);
        }

        @Test
        void whoever_offers_and_stays_silent_is_given_up_for_another_one() {
            isOffered(9);
            Member saw = new Member("saw");
            saw.hold(list(8), good());
            connect(saw, mill);
            advance(Duration.ofSeconds(4));

            assertThat(mill.number(TrustKind.REVOCATIONS)).isEqualTo(8);
            assertThat(mill.counter("trust.silent")).isEqualTo(1);
        }

        @Test
        void kinds_of_a_later_version_are_nothing_to_us() {
            press.send(mill, new TrustState(List.of(new Edition(200, 5, 0))));
            press.send(mill, new TrustRequest(200));
            press.send(mill, new TrustUpdate(new Edition(200, 5, 0), 100, 0, good()));
            advance(Duration.ofSeconds(1));

            assertThat(mill.node.sent(TrustFrame.class)).isEmpty();
            assertThat(mill.node.peers()).containsExactly(press.node.id());
        }
    }

    @Nested
    class When_an_edge_ends {
        @Test
        void the_next_neighbour_is_asked() {
            connect(press, mill);
            press.send(mill, new TrustState(List.of(list(9))));
            Member saw = new Member("saw");
            saw.hold(list(9), good());
            connect(saw, mill);
            press.node.crash();
            advance(Duration.ofSeconds(1));

            assertThat(mill.number(TrustKind.REVOCATIONS)).isEqualTo(9);
            assertThat(mill.counter("trust.silent")).isZero();
        }

        @Test
        void a_check_that_was_begun_counts() {
            press.hold(list(9), good());
            connect(press, mill);
            wires.advance(Duration.ofMillis(100)); // without answers
            assertThat(mill.checked).hasSize(1);
            press.node.crash();
            advance(Duration.ofSeconds(1));

            assertThat(mill.number(TrustKind.REVOCATIONS)).isEqualTo(9);
        }
    }
}
