package io.chaski.core.acceptance;

import io.chaski.core.codec.PayloadCodec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A codec of an application: text, written backwards. */
final class ReversedText implements PayloadCodec {

    @Override
    public String contentType() {
        return "text/x-reversed";
    }

    @Override
    public byte[] encode(@Nullable Object value, Type type) {
        return new StringBuilder(Objects.requireNonNull(value, "value").toString())
                .reverse()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Object decode(byte[] bytes, Type type) {
        return new StringBuilder(new String(bytes, StandardCharsets.UTF_8))
                .reverse()
                .toString();
    }
}
