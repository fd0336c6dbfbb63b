package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.TopicSummary;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The alarm rings for a protocol that does what it must not. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LifeInvariantsTest {

    private static final NodeId SELF = new NodeId(1, 1);
    private static final NodeId PEER = new NodeId(2, 2);
    private static final NodeId ANOTHER = new NodeId(3, 3);

    private final LifeInvariants invariants = new LifeInvariants(SELF);
    private final LinkTable links = new LinkTable();
    private final LinkTable.Link link = new LinkTable.Link(1);

    LifeInvariantsTest() {
        links.put(link);
    }

    @Nested
    class A_message {
        private final Names names = new Names();
        private final Source source = names.retainSource(names.retainTopic("news"), PEER, 1, Source.MESSAGES);

        @Test
        void may_be_the_next_one_or_the_one_behind_a_gap() {
            assertThatCode(() -> {
                        invariants.onDelivered(source, 5);
                        invariants.onDelivered(source, 6);
                        invariants.onGap(source, 7, 9);
                        invariants.onDelivered(source, 10);
                    })
                    .doesNotThrowAnyException();
        }

        @Test
        void is_not_delivered_twice() {
            invariants.onDelivered(source, 5);

            assertAlarm("twice or out of order", () -> invariants.onDelivered(source, 5));
        }

        @Test
        void is_not_delivered_behind_a_later_one() {
            invariants.onDelivered(source, 5);

            assertAlarm("twice or out of order", () -> invariants.onDelivered(source, 4));
        }

        @Test
        void is_not_skipped_in_silence() {
            invariants.onDelivered(source, 5);

            assertAlarm("skipped without a report", () -> invariants.onDelivered(source, 7));
        }

        @Test
        void is_not_reported_missing_twice_or_after_it_came() {
            invariants.onDelivered(source, 5);
            invariants.onGap(source, 6, 7);

            assertAlarm("not one", () -> invariants.onGap(source, 7, 8));
            assertAlarm("not one", () -> invariants.onGap(source, 5, 5));
            assertAlarm("not one", () -> invariants.onGap(source, 8, 7));
        }

        @Test
        void of_its_own_is_not_delivered() {
            Source own = names.retainSource(names.retainTopic("news"), SELF, 1, Source.MESSAGES);

            assertAlarm("of its own", () -> invariants.onDelivered(own, 1));
        }

        @Test
        void begins_anew_for_a_new_subscription() {
            invariants.onDelivered(source, 5);
            invariants.onUnsubscribed("news");

            assertThatCode(() -> invariants.onDelivered(source, 3)).doesNotThrowAnyException();
        }
    }

    @Nested
    class Before_the_handshake_is_complete {
        @Test
        void nothing_else_is_sent() {
            invariants.onSent(link, hello());
            invariants.onReceived(link, hello());
            invariants.onSent(link, ack());

            assertAlarm("before the handshake", () -> invariants.onSent(link, new Ping(1, 0, 0)));
            assertAlarm("before the handshake", () -> invariants.onDataSent(link, 1, 128));
            assertThatCode(() -> invariants.onSent(link, new Goodbye(CloseReason.LEAVING, 0, "")))
                    .doesNotThrowAnyException();
        }

        @Test
        void no_edge_comes_up() {
            LinkTable.Link complete = new LinkTable.Link(2);
            links.put(complete);
            shakeHands(complete);
            invariants.onReceived(link, new Hello(1, 1, "c", "", descriptor(ANOTHER), 1, 1 << 20, 0, 0));

            assertAlarm("without a handshake", () -> LifeInvariants.onEdgeUp(links, ANOTHER));
            assertThatCode(() -> LifeInvariants.onEdgeUp(links, PEER)).doesNotThrowAnyException();
        }
    }

    @Nested
    class After_it {
        @Test
        void no_hop_is_0_or_above_the_limit() {
            shakeHands(link);

            assertAlarm("with hop 0 of", () -> invariants.onDataSent(link, 0, 3));
            assertAlarm("with hop 4 of", () -> invariants.onDataSent(link, 4, 3));
            assertThatCode(() -> invariants.onDataSent(link, 3, 3)).doesNotThrowAnyException();
        }
    }

    private void shakeHands(LinkTable.Link on) {
        invariants.onSent(on, hello());
        invariants.onReceived(on, hello());
        invariants.onSent(on, ack());
        invariants.onReceived(on, ack());
    }

    private static void assertAlarm(String alarm, ThrowingCallable mistake) {
        assertThatThrownBy(mistake).isInstanceOf(InvariantViolation.class).hasMessageContaining(alarm);
    }

    private static Hello hello() {
        return new Hello(1, 1, "c", "", descriptor(PEER), 1, 1 << 20, 0, 0);
    }

    private static HelloAck ack() {
        return new HelloAck(1, 0, 1, 2);
    }

    private static Descriptor descriptor(NodeId id) {
        return new Descriptor(id, 1, List.of(), false, false, false, TopicSummary.NONE, 0);
    }
}
