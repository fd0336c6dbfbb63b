package io.chaski.core.internal.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** Bytes as tests write them: hexadecimal digits, with spaces between the fields. */
final class Hex {

    private Hex() {}

    static ByteBuf buffer(String hex) {
        return Unpooled.wrappedBuffer(bytes(hex));
    }

    static byte[] bytes(String hex) {
        return ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
    }

    /** A frame: the length is put in front of type and fields. */
    static ByteBuf frame(String typeAndFields) {
        byte[] bytes = bytes(typeAndFields);
        return Unpooled.buffer().writeInt(bytes.length).writeBytes(bytes);
    }
}
