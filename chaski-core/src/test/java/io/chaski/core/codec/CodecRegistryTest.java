package io.chaski.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CodecRegistryTest {

    private final PayloadCodec reversed = new PayloadCodec() {
        @Override
        public String contentType() {
            return "text/x-reversed";
        }

        @Override
        public byte[] encode(@Nullable Object value, Type type) {
            return new StringBuilder((String) value).reverse().toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            return new StringBuilder(new String(bytes, StandardCharsets.UTF_8))
                    .reverse()
                    .toString();
        }
    };

    @Test
    void has_the_built_in_codecs() {
        assertThat(Stream.of("application/octet-stream", "text/plain", "application/cbor", "application/json")
                        .map(CodecRegistry.BUILT_IN::get))
                .containsExactly(PayloadCodec.bytes(), PayloadCodec.text(), PayloadCodec.cbor(), PayloadCodec.json());
    }

    @Test
    void takes_codecs_of_the_application() {
        CodecRegistry registry = CodecRegistry.with(List.of(reversed));
        assertThat(registry.get("text/x-reversed")).isSameAs(reversed);
        assertThat(registry.get("text/plain")).isSameAs(PayloadCodec.text());
    }

    @Test
    void names_what_it_has_when_asked_for_something_else() {
        assertThat(CodecRegistry.BUILT_IN.find("text/x-reversed")).isNull();
        assertThatThrownBy(() -> CodecRegistry.BUILT_IN.get("text/x-reversed"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("text/x-reversed")
                .hasMessageContaining("application/cbor");
    }

    @Test
    void refuses_content_types_that_do_not_fit_a_message() {
        for (String odd : List.of(
                "", "a b", "ä", IntStream.range(0, 256).mapToObj(i -> "x").reduce("", String::concat))) {
            PayloadCodec named = new PayloadCodec() {
                @Override
                public String contentType() {
                    return odd;
                }

                @Override
                public byte[] encode(@Nullable Object value, Type type) {
                    return new byte[0];
                }

                @Override
                public @Nullable Object decode(byte[] bytes, Type type) {
                    return null;
                }
            };
            assertThatThrownBy(() -> CodecRegistry.with(List.of(named))).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
