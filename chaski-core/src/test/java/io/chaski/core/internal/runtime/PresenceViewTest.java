package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Presence;
import io.chaski.core.Presence.Member;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PresenceViewTest {

    private static final Member SELF = new Member(new NodeId(0, 1), "self");
    private static final Member ANA = new Member(new NodeId(0, 2), "ana");
    private static final byte HERE = 1;
    private static final byte LEAVING = 2;

    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final ManualExecutor executor = new ManualExecutor();
    private final Callbacks callbacks = Callbacks.on(executor, loop::nanoTime);
    private final EventBus bus = new EventBus(callbacks);
    private final List<NodeEvent> events = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final List<byte[]> words = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private final Names names = new Names();
    private final PresenceView view = new PresenceView(
            "room",
            SELF,
            loop,
            callbacks,
            bus,
            new HybridClock(() -> 1_000),
            new Random(7),
            (protocol, topic, body, nowNanos) -> {
                MessageBody announcement = MessageBody.decode(body);
                byte kind = announcement.payload().toByteArray()[0];
                words.add(announcement.payload().toByteArray());
                said.add(announcement.label().text() + (kind == HERE ? " is here" : " leaves") + " in " + topic);
            });

    @BeforeEach
    void listen() {
        bus.listen(events::add);
        view.onJoined(member -> changes.add("+" + member.name()));
        view.onLeft(member -> changes.add("-" + member.name()));
        loop.inLoop((protocol, nowNanos) -> view.start(protocol, Presence.LEASE, nowNanos));
    }

    private void hear(Member member, long epoch, byte... kind) {
        MessageBody body =
                new MessageBody(MessageBody.BYTES, 0, member.name(), null, Map.of(), ArrayPayload.owning(kind));
        hear(member, epoch, body.encode());
    }

    private void hear(Member member, long epoch, ArrayPayload body) {
        Source source = names.retainSource(names.retainTopic("room"), member.id(), epoch, Source.PRESENCE);
        loop.inLoop((protocol, nowNanos) -> view.onAnnouncement(source, body));
        executor.runAll();
    }

    private void advance(Duration duration) {
        loop.advance(duration);
        executor.runAll();
    }

    @Nested
    class This_node {

        @Test
        void announces_itself_at_once_and_every_five_seconds() {
            assertThat(said).containsExactly("self is here in room");
            advance(Duration.ofSeconds(51));
            assertThat(said.size()).isBetween(10, 13);
            assertThat(view.members()).containsExactly(SELF);
        }

        @Test
        void announces_itself_again_when_company_comes() {
            advance(Duration.ofSeconds(1));
            loop.inLoop((protocol, nowNanos) -> view.onCompany());
            advance(Duration.ofSeconds(1));
            assertThat(said).hasSize(2);
        }

        @Test
        void says_goodbye_once_and_is_silent_then() {
            loop.inLoop((protocol, nowNanos) -> view.stop(protocol, nowNanos));
            loop.inLoop((protocol, nowNanos) -> view.stop(protocol, nowNanos));
            advance(Duration.ofSeconds(60));
            assertThat(said).containsExactly("self is here in room", "self leaves in room");
            assertThat(view.members()).isEmpty();
            assertThat(loop.timers()).isZero();
        }

        @Test
        void has_one_timer_after_leaving_and_coming_back() {
            loop.inLoop((protocol, nowNanos) -> view.stop(protocol, nowNanos));
            loop.inLoop((protocol, nowNanos) -> view.start(protocol, Presence.LEASE, nowNanos));
            advance(Duration.ofSeconds(3));
            assertThat(loop.timers()).isEqualTo(1);
        }

        @Test
        void greets_a_newcomer_within_a_second_or_two() {
            advance(Duration.ofSeconds(1));
            hear(ANA, 1, HERE);
            advance(Duration.ofSeconds(2));
            assertThat(said).hasSize(2);
        }
    }

    @Nested
    class A_lease_of_three_seconds {

        private final Duration lease = Duration.ofSeconds(3);

        @Test
        void is_announced_at_once_and_every_second() {
            loop.inLoop((protocol, nowNanos) -> view.start(protocol, lease, nowNanos));
            advance(Duration.ofSeconds(10));
            assertThat(said.size()).isBetween(10, 12);
            assertThat(words.get(0)).containsExactly(HERE);
            assertThat(words.subList(1, words.size())).containsOnly(PresenceWord.here(lease));
        }

        @Test
        void of_somebody_else_ends_after_that() {
            hear(ANA, 1, PresenceWord.here(lease));
            advance(Duration.ofSeconds(2));
            assertThat(view.count()).isEqualTo(2);
            advance(Duration.ofSeconds(2));
            assertThat(view.count()).isEqualTo(1);
            assertThat(changes).containsExactly("+ana", "-ana");
        }
    }

    @Nested
    class Others {

        @Test
        void stay_neither_for_ever_nor_for_no_time_whatever_they_say() {
            assertThat(PresenceWord.lease(new byte[] {HERE, -1, -1, -1, -1})).isEqualTo(Presence.MAX_LEASE);
            assertThat(PresenceWord.lease(new byte[] {HERE, 0, 0, 0, 0})).isEqualTo(Presence.MIN_LEASE);
            assertThat(PresenceWord.lease(new byte[] {HERE, 0, 0})).isEqualTo(Presence.LEASE);
            assertThat(PresenceWord.lease(new byte[] {HERE})).isEqualTo(Presence.LEASE);
            assertThat(PresenceWord.lease(new byte[] {HERE, 0, 0, 0x27, 0x10, 9}))
                    .isEqualTo(Duration.ofSeconds(10));
        }

        @Test
        void are_there_once_they_say_so() {
            hear(ANA, 1, HERE);
            hear(ANA, 1, HERE);
            assertThat(view.members()).containsExactly(SELF, ANA);
            assertThat(view.count()).isEqualTo(2);
            assertThat(view.isPresent(ANA.id())).isTrue();
            assertThat(changes).containsExactly("+ana");
        }

        @Test
        void leave_when_they_say_so() {
            hear(ANA, 1, HERE);
            hear(ANA, 1, LEAVING);
            hear(ANA, 1, LEAVING);
            assertThat(view.members()).containsExactly(SELF);
            assertThat(changes).containsExactly("+ana", "-ana");
        }

        @Test
        void leave_when_nothing_was_heard_for_the_lease() {
            hear(ANA, 1, HERE);
            advance(Duration.ofSeconds(14));
            assertThat(view.count()).isEqualTo(2);
            hear(ANA, 1, HERE);
            advance(Duration.ofSeconds(14));
            assertThat(view.count()).isEqualTo(2);
            advance(Duration.ofSeconds(2));
            assertThat(view.count()).isEqualTo(1);
            assertThat(changes).containsExactly("+ana", "-ana");
        }

        @Test
        void that_restart_do_not_leave_by_a_late_goodbye() {
            hear(ANA, 2, HERE);
            hear(ANA, 1, LEAVING);
            hear(ANA, 1, HERE);
            assertThat(view.members()).containsExactly(SELF, ANA);
            assertThat(changes).containsExactly("+ana");
        }

        @Test
        void may_take_another_name() {
            hear(ANA, 1, HERE);
            hear(new Member(ANA.id(), "anna"), 2, HERE);
            assertThat(view.members()).containsExactly(SELF, new Member(ANA.id(), "anna"));
        }

        @Test
        void that_say_what_nobody_understands_are_ignored() {
            hear(ANA, 1, (byte) 99);
            hear(ANA, 1);
            assertThat(view.members()).containsExactly(SELF);
            assertThat(events).isEmpty();
        }

        @Test
        void that_say_garbage_are_an_event() {
            hear(ANA, 1, ArrayPayload.owning(new byte[] {(byte) 0xff}));
            assertThat(view.members()).containsExactly(SELF);
            assertThat(events).hasSize(1).first().isInstanceOf(NodeEvent.DecodeFailed.class);
        }

        @Test
        void cannot_speak_for_this_node() {
            hear(SELF, 9, LEAVING);
            assertThat(view.members()).containsExactly(SELF);
        }

        @Test
        void are_bounded_and_one_event_says_so() {
            fill();
            assertThat(view.count()).isEqualTo(1_024);
            assertThat(events).containsExactly(new NodeEvent.LimitReached("presence members", 1_024));
        }

        @Test
        void that_are_too_many_are_an_event_again_after_a_pause() {
            fill();
            loop.inLoop((protocol, nowNanos) -> view.stop(protocol, nowNanos));
            loop.inLoop((protocol, nowNanos) -> view.start(protocol, Presence.LEASE, nowNanos));
            fill();
            NodeEvent full = new NodeEvent.LimitReached("presence members", 1_024);
            assertThat(events).containsExactly(full, full);
        }

        private void fill() {
            for (int i = 2; i <= 1_100; i++) {
                hear(new Member(new NodeId(1, i), "n" + i), 1, HERE);
            }
        }
    }
}
