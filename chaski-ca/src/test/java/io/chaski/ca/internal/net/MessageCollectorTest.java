package io.chaski.ca.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.internal.wire.EnrolmentCodec.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MessageCollectorTest {

    private static final byte[] MESSAGE = "a request".getBytes(StandardCharsets.US_ASCII);

    private final MessageCollector collector = new MessageCollector(16);

    private boolean add(byte... bytes) throws MalformedMessageException {
        return collector.add(Unpooled.wrappedBuffer(bytes));
    }

    @Test
    void a_message_comes_back_whole() throws MalformedMessageException {
        ByteBuf frame = MessageCollector.frame(MESSAGE, UnpooledByteBufAllocator.DEFAULT);
        assertThat(collector.add(frame)).isTrue();
        assertThat(collector.message()).isEqualTo(MESSAGE);
        frame.release();
    }

    @Test
    void a_message_comes_back_in_single_bytes() throws MalformedMessageException {
        ByteBuf frame = MessageCollector.frame(MESSAGE, UnpooledByteBufAllocator.DEFAULT);
        while (frame.readableBytes() > 1) {
            assertThat(add(frame.readByte())).isFalse();
        }
        assertThat(add(frame.readByte())).isTrue();
        assertThat(collector.message()).isEqualTo(MESSAGE);
        frame.release();
    }

    @Test
    void lengths_that_no_message_has_are_refused_before_it_comes() {
        for (byte[] length : new byte[][] {{0, 0, 0, 0}, {0, 0, 0, 17}, {-1, -1, -1, -1}, {127, -1, -1, -1}}) {
            assertThatThrownBy(() -> new MessageCollector(16).add(Unpooled.wrappedBuffer(length)))
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void bytes_behind_it_are_refused_with_it() {
        assertThatThrownBy(() -> add((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 9, (byte) 9))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void bytes_behind_it_are_refused_after_it() throws MalformedMessageException {
        assertThat(add((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 9)).isTrue();
        assertThatThrownBy(() -> add((byte) 9)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void more_than_the_longest_is_refused_without_a_copy_of_it() {
        assertThatThrownBy(() -> add(new byte[21])).isInstanceOf(MalformedMessageException.class);
    }
}
