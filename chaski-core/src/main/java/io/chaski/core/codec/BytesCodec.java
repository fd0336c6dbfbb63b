package io.chaski.core.codec;

import io.chaski.core.internal.wire.MessageBody;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Bytes as they are. Copies at the publisher's side only: the array stays his, and he may change it. */
final class BytesCodec implements PayloadCodec {

    static final BytesCodec INSTANCE = new BytesCodec();

    private BytesCodec() {}

    @Override
    public String contentType() {
        return MessageBody.BYTES;
    }

    @Override
    public byte[] encode(@Nullable Object value, Type type) {
        if (value instanceof byte[] bytes) {
            return bytes.clone();
        }
        throw new CodecException("only byte[] travels as " + contentType() + ", not "
                + (value == null ? "null" : value.getClass().getName()));
    }

    @Override
    public Object decode(byte[] bytes, Type type) {
        if (type == byte[].class || type == Object.class) {
            return bytes;
        }
        throw new CodecException("expected " + type.getTypeName() + ", got plain bytes");
    }
}
