package io.chaski.streamer.work;

import io.chaski.core.codec.PayloadCodec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Texts, but for some that it throws at, and not what a codec is to throw. */
final class ThrowingCodec implements PayloadCodec {

    static final String CANNOT_BE_WRITTEN = "cannot be written";
    static final String CANNOT_BE_READ = "cannot be read";

    @Override
    public String contentType() {
        return "text/odd";
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
