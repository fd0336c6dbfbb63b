package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.internal.module.ReservedName;
import io.chaski.core.internal.wire.TopicNames;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TopicTest {

    @Test
    void is_signed_only_if_it_is_said_and_stays_so() {
        Topic<String> plain = Topic.text("t");
        Topic<String> signed = plain.signed(true);

        assertThat(plain.signed()).isFalse();
        assertThat(signed.hopLimit(3).presence(true).contentType("x/y").signed())
                .isTrue();
        assertThat(signed).isNotEqualTo(plain).isEqualTo(Topic.text("t").signed(true));
        assertThat(signed.signed(false)).isEqualTo(plain).hasSameHashCodeAs(plain);
    }

    @Test
    void has_a_lease_of_presence_within_bounds_and_keeps_it() {
        Topic<String> plain = Topic.text("t");
        Topic<String> other = plain.presenceLease(Duration.ofSeconds(6));

        assertThat(plain.presenceLease()).isEqualTo(Presence.LEASE);
        assertThat(other.hopLimit(3)
                        .presence(true)
                        .contentType("x/y")
                        .signed(true)
                        .presenceLease())
                .isEqualTo(Duration.ofSeconds(6));
        assertThat(other).isNotEqualTo(plain);
        assertThat(other.presenceLease(Presence.LEASE)).isEqualTo(plain).hasSameHashCodeAs(plain);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plain.presenceLease(Presence.MIN_LEASE.minusNanos(1)))
                .withMessageContaining("presenceLease must be PT3S to PT5M");
        assertThatIllegalArgumentException().isThrownBy(() -> plain.presenceLease(Presence.MAX_LEASE.plusNanos(1)));
    }

    @Nested
    class A_name_of_the_library {
        @Test
        void makes_a_topic_for_its_modules() {
            Topic<byte[]> topic = Topic.of(new ReservedName("$services"), byte[].class);

            assertThat(topic.name()).isEqualTo("$services");
            assertThat(topic.contentType()).isEqualTo(Topic.bytes("t").contentType());
        }

        @Test
        void begins_with_a_sign_of_its_own() {
            assertThatThrownBy(() -> new ReservedName("services"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("services");
        }

        @Test
        void follows_the_rules_of_all_names() {
            assertThatThrownBy(() -> new ReservedName("$a//b")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new ReservedName("")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Rows 47 to 52 of the hardening list. */
    @Nested
    class A_name {

        static Stream<String> good() {
            return Stream.of(
                    "t",
                    "sensors/mill-7/temperature",
                    "Temperatur in °C",
                    "\uD83D\uDE00",
                    "x".repeat(255),
                    "ä".repeat(127) + "x",
                    "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p");
        }

        @ParameterizedTest
        @MethodSource("good")
        void that_is_good_is_taken(String name) {
            assertThat(Topic.text(name).name()).isEqualTo(name);
            assertThat(TopicNames.isValid(name)).isTrue();
        }

        static Stream<Arguments> bad() {
            return Stream.of(
                    Arguments.of("", "it is empty"),
                    Arguments.of("x".repeat(256), "it has more than 255 bytes of UTF-8"),
                    Arguments.of("ä".repeat(128), "it has more than 255 bytes of UTF-8"),
                    Arguments.of("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", "it has more than 16 levels"),
                    Arguments.of("a//b", "a level is empty"),
                    Arguments.of("/a", "a level is empty"),
                    Arguments.of("a/", "a level is empty"),
                    Arguments.of("a/*/b", "it contains the character U+002A"),
                    Arguments.of("a/#", "it contains the character U+0023"),
                    Arguments.of("a/+", "it contains the character U+002B"),
                    Arguments.of("a\u0000b", "it contains the character U+0000"),
                    Arguments.of("a\nb", "it contains the character U+000A"),
                    Arguments.of("a\u001b[31m", "it contains the character U+001B"),
                    Arguments.of("a\u0085b", "it contains the character U+0085"),
                    Arguments.of("a\u202eb", "it contains the character U+202E"),
                    Arguments.of("a\u2066b", "it contains the character U+2066"),
                    Arguments.of("a\u200bb", "it contains the character U+200B"),
                    Arguments.of("a\u2028b", "it contains the character U+2028"),
                    Arguments.of("a\ud83db", "it contains the character U+D83D"));
        }

        @ParameterizedTest
        @MethodSource("bad")
        void that_breaks_a_rule_is_refused_with_the_rule(String name, String rule) {
            assertThatThrownBy(() -> Topic.text(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("not a topic name: " + rule);
            assertThat(TopicNames.isValid(name)).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"$services", "@", "$chaski/trust"})
        void of_the_library_is_not_for_applications(String name) {
            assertThatThrownBy(() -> Topic.text(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("belong to the library");
            assertThat(TopicNames.check(name)).isEqualTo(name);
        }
    }

    @Nested
    class Its_defaults {

        record Reading(double celsius) {}

        @Test
        void follow_its_type() {
            assertThat(Topic.bytes("t").contentType()).isEqualTo("application/octet-stream");
            assertThat(Topic.text("t").contentType()).isEqualTo("text/plain");
            assertThat(Topic.of("t", Reading.class).contentType()).isEqualTo("application/cbor");
            assertThat(Topic.of("t", new TypeRef<List<String>>() {}).contentType())
                    .isEqualTo("application/cbor");
        }

        @Test
        void are_changed_in_copies() {
            Topic<Reading> plain = Topic.of("t", Reading.class);
            Topic<Reading> changed =
                    plain.hopLimit(3).contentType("application/json").presence(true);
            assertThat(List.of(plain.hopLimit(), plain.contentType(), plain.presence()))
                    .isEqualTo(List.of(128, "application/cbor", false));
            assertThat(List.of(changed.hopLimit(), changed.contentType(), changed.presence()))
                    .isEqualTo(List.of(3, "application/json", true));
            assertThat(changed).isNotEqualTo(plain);
            assertThat(changed.hopLimit(128).contentType("application/cbor").presence(false))
                    .isEqualTo(plain)
                    .hasSameHashCodeAs(plain);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, -1, 256})
        void have_hop_limits_from_1_to_255(int limit) {
            assertThatThrownBy(() -> Topic.text("t").hopLimit(limit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("hopLimit");
        }
    }

    @Nested
    class A_type_reference {

        @Test
        void keeps_type_arguments() {
            assertThat(new TypeRef<List<String>>() {}).hasToString("java.util.List<java.lang.String>");
            assertThat(new TypeRef<List<String>>() {}).isEqualTo(new TypeRef<List<String>>() {});
        }

        @Test
        @SuppressWarnings({"rawtypes", "unchecked"})
        void without_arguments_is_refused() {
            assertThatThrownBy(() -> new TypeRef() {}).isInstanceOf(IllegalStateException.class);
        }
    }
}
