package io.chaski.core.codec;

import io.chaski.core.internal.wire.MessageBody;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Text as UTF-8, strictly in both directions: nothing is replaced by question marks in silence. */
final class TextCodec implements PayloadCodec {

    static final TextCodec INSTANCE = new TextCodec();

    private TextCodec() {}

    @Override
    public String contentType() {
        return MessageBody.TEXT;
    }

    @Override
    public byte[] encode(@Nullable Object value, Type type) {
        if (!(value instanceof String text)) {
            throw new CodecException("only String travels as " + contentType() + ", not "
                    + (value == null ? "null" : value.getClass().getName()));
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new CodecException("the text contains half a surrogate pair", e);
        }
    }

    @Override
    public Object decode(byte[] bytes, Type type) {
        return decode(bytes, 0, bytes.length, type);
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length, Type type) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (type != String.class && type != CharSequence.class && type != Object.class) {
            throw new CodecException("expected " + type.getTypeName() + ", got text");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder() // reports what is malformed unless told otherwise
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CodecException("the text is not UTF-8", e);
        }
    }
}
