package io.chaski.core.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.MessageBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Map;

/** Messages that nobody honest has published. */
final class Forged {

    private Forged() {}

    /** A whole DATA frame with text. */
    static byte[] message(int source, long seq, String text) {
        ByteBuf frame = Unpooled.buffer();
        new FrameEncoder().encodeData(source, seq, 1, 128, 0, text(text), frame);
        return ByteBufUtil.getBytes(frame);
    }

    /** A body of text. */
    static ArrayPayload text(String text) {
        return body(MessageBody.TEXT, text.getBytes(UTF_8));
    }

    /** A body whose envelope is right. */
    static ArrayPayload body(String contentType, byte[] payload) {
        long timestamp = System.currentTimeMillis() << 16;
        return new MessageBody(contentType, timestamp, "mallory", null, Map.of(), ArrayPayload.owning(payload))
                .encode();
    }
}
