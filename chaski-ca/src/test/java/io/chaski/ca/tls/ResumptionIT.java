package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import io.chaski.core.internal.wire.EdgeFrame.Refusal;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.policy.Policy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Row 23: an engine does not ask who somebody is when he resumes a session. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ResumptionIT {

    private final TlsNodes nodes = new TlsNodes();
    private final Credentials credentials = nodes.credentials("press", Duration.ofHours(1));
    private Stranger press;
    private ChaskiNode mill;

    @BeforeEach
    void start() throws Exception {
        mill = nodes.start("mill");
        press = new Stranger(credentials);
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    private Address address() {
        return TlsNodes.addressOf(mill);
    }

    /** Comes in and goes; the time at which its session was made. */
    private long visit() throws Exception {
        try (Stranger.Call call = press.call(address())) {
            call.greet(nodes.cluster, TlsNodes.uri("press").nodeId(), 1);
            assertThat(call.isWelcome()).isTrue();
            return call.socket.getSession().getCreationTime();
        }
    }

    @Test
    void row_23_sessions_are_resumed_as_long_as_nothing_has_changed() throws Exception {
        long first = visit();

        assertThat(visit()).isEqualTo(first);
    }

    @Test
    void row_23_a_session_is_resumed_after_the_certificate_has_expired() throws Exception {
        long first = visit();
        nodes.clock.jump(Duration.ofHours(2));

        try (Stranger.Call call = press.call(address())) {
            call.greet(nodes.cluster, TlsNodes.uri("press").nodeId(), 1);
            assertThat(call.end()).contains(CloseReason.UNTRUSTED);
            assertThat(call.hasLearned()).isFalse();
            assertThat(call.socket.getSession().getCreationTime()).isEqualTo(first);
        }
        assertThat(TlsNodes.counter(mill, "tls.EXPIRED")).isEqualTo(1);
    }

    /** Rights are no part of a session: they are asked for on each connection. */
    @Test
    void row_23_a_session_that_is_resumed_has_the_rights_of_now() throws Exception {
        long first;
        try (Stranger.Call call = press.call(address())) {
            call.greet(nodes.cluster, TlsNodes.uri("press").nodeId(), 1).acknowledge();
            call.first(HelloAck.class);
            call.send(new InternTopic(1, "t")).send(new Ping(7, 0, 0)).first(Pong.class);
            assertThat(call.hasHeard(Refuse.class)).isFalse();
            first = call.socket.getSession().getCreationTime();
        }
        mill.access().update(Policy.strict());

        try (Stranger.Call call = press.call(address())) {
            call.greet(nodes.cluster, TlsNodes.uri("press").nodeId(), 2).acknowledge();
            call.first(HelloAck.class);
            call.send(new InternTopic(1, "t"));
            assertThat(call.first(Refuse.class)).isEqualTo(new Refuse(FrameType.INTERN_TOPIC, 1, Refusal.DENIED));
            assertThat(call.socket.getSession().getCreationTime()).isEqualTo(first);
        }
    }

    @Test
    void row_23_a_session_cannot_be_resumed_after_a_revocation() throws Exception {
        long first = visit();
        mill.security().update(nodes.revoking(credentials.chain().get(0).getSerialNumber()));

        try (Stranger.Call call = press.call(address())) {
            call.greet(nodes.cluster, TlsNodes.uri("press").nodeId(), 1);
            assertThat(call.end()).contains(CloseReason.UNTRUSTED);
            assertThat(call.hasLearned()).isFalse();
            assertThat(call.socket.getSession().getCreationTime()).isGreaterThan(first);
        }
        assertThat(TlsNodes.counter(mill, "tls.REVOKED")).isEqualTo(1);
    }
}
