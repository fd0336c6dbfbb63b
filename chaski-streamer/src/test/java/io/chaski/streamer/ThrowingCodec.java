package io.chaski.streamer;

import io.chaski.core.codec.PayloadCodec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Texts, but for some that it throws at, and not what a codec is to throw. */
public final class ThrowingCodec implements PayloadCodec {

    public static final String CONTENT_TYPE = "text/odd";
    public static final String CANNOT_BE_WRITTEN = "cannot be written";
    public static final String CANNOT_BE_READ = "cannot be read";

    @Override
    public String contentType() {
        return CONTENT_TYPE;
    }

    @Override
    public byte[] encode(@Nullable Object value, Type type) {
        if (!(value instanceof String text) || text.equals(CANNOT_BE_WRITTEN)) {
            throw new UnsupportedOperationException("to write " + value);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Object decode(byte[] bytes, Type type) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.equals(CANNOT_BE_READ)) {
            throw new UnsupportedOperationException("to read " + text);
        }
        return text;
    }
}
