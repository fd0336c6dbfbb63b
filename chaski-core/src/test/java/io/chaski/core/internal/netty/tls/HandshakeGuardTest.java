package io.chaski.core.internal.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HandshakeGuardTest {

    private static final int HANDSHAKE = 22;

    final EmbeddedChannel channel = new EmbeddedChannel(new HandshakeGuard());

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuf bytes(int first, int count) {
        return Unpooled.directBuffer().writeByte(first).writeZero(count - 1);
    }

    @Test
    void lets_a_handshake_through() {
        channel.writeInbound(bytes(HANDSHAKE, 100), bytes(0, 200));

        assertThat(channel.inboundMessages()).hasSize(2);
    }

    @Test
    void ends_what_does_not_begin_like_TLS_and_drops_it() {
        ByteBuf http = bytes('G', 10);

        assertThatThrownBy(() -> channel.writeInbound(http)).isInstanceOf(HandshakeGuard.NotTlsException.class);
        assertThat(http.refCnt()).isZero();
        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void rows_1_to_3_lets_nobody_send_more_than_a_handshake_takes() {
        channel.writeInbound(bytes(HANDSHAKE, HandshakeGuard.MAX_BYTES));
        ByteBuf more = bytes(0, 1);
        ByteBuf evenMore = bytes(HANDSHAKE, 1);

        assertThatThrownBy(() -> channel.writeInbound(more)).isInstanceOf(HandshakeGuard.TooMuchException.class);
        channel.writeInbound(evenMore);

        assertThat(more.refCnt()).isZero();
        assertThat(evenMore.refCnt()).isZero();
        assertThat(channel.inboundMessages()).hasSize(1);
    }
}
