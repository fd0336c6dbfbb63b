package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** N02: options that are unknown, contradictory or make no sense fail at the start. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NodeOptionsTest {

    private static final OutsideSettings NOTHING = outside(Map.of(), Map.of());

    private static OutsideSettings outside(Map<String, String> properties, Map<String, String> variables) {
        return new OutsideSettings(properties, variables);
    }

    @Nested
    class Options_that_make_no_sense {

        static Stream<Arguments> contradictions() {
            return Stream.of(
                    Arguments.of("insecure()", mistake(b -> b.listen("0.0.0.0:1"))),
                    Arguments.of("insecure()", mistake(b -> b.listen("127.0.0.1:0", "10.0.0.7:1"))),
                    Arguments.of(
                            "listens nowhere", mistake(b -> b.listenNowhere().advertise("host:1"))),
                    Arguments.of(
                            "a root must listen", mistake(b -> b.listenNowhere().root())),
                    Arguments.of(
                            "lanDiscovery dials whom it hears",
                            mistake(b -> b.lanDiscovery().topology(Topology.MANUAL))),
                    Arguments.of("advertise needs a port", mistake(b -> b.advertise("host:0"))),
                    Arguments.of("bootstrap needs a port", mistake(b -> b.bootstrap("host:0"))),
                    Arguments.of("listen takes at most 4", mistake(b -> b.listen("a:1", "a:2", "a:3", "a:4", "a:5"))),
                    Arguments.of("numbers of users, 0 or more", mistake(b -> b.unixUsers(1001, -1))),
                    Arguments.of(
                            "unixUsers takes at most 64",
                            mistake(b -> b.unixUsers(IntStream.range(0, 65).toArray()))),
                    Arguments.of("requireRevocationList()", mistake(NodeBuilder::requireRevocationList)),
                    Arguments.of("keepAlive", mistake(b -> b.keepAlive(Duration.ofMillis(99)))),
                    Arguments.of("keepAlive", mistake(b -> b.keepAlive(Duration.ofMinutes(61)))),
                    Arguments.of("twice keepAlive", mistake(b -> b.deadAfter(Duration.ofSeconds(4)))),
                    Arguments.of("deadAfter", mistake(b -> b.deadAfter(Duration.ofHours(3)))),
                    Arguments.of("reconnections", mistake(b -> b.reconnections(-1))),
                    Arguments.of("maxConnections", mistake(b -> b.maxConnections(0))),
                    Arguments.of("maxFrame", mistake(b -> b.maxFrame((128 << 10) - 1))),
                    Arguments.of("maxFrame", mistake(b -> b.maxFrame((16 << 20) + 1))),
                    Arguments.of("maxPayload", mistake(b -> b.maxPayload(0))),
                    Arguments.of("maxPayload", mistake(b -> b.maxPayload((16 << 20) + 1))),
                    Arguments.of("maxFrame of", mistake(b -> b.maxPayload(1 << 20))),
                    Arguments.of("slowConsumerTimeout", mistake(b -> b.slowConsumerTimeout(Duration.ofMillis(-1)))),
                    Arguments.of("name must have", mistake(b -> b.name(""))),
                    Arguments.of("name must have", mistake(b -> b.name("ä".repeat(65)))),
                    Arguments.of("control character", mistake(b -> b.name("a\u001b[31m"))),
                    Arguments.of("control character", mistake(b -> b.cluster("a\u202eb"))),
                    Arguments.of("needs name()", mistake(NodeBuilder::dataDirectory)),
                    Arguments.of("folder", mistake(b -> b.dataDirectory().name("../up"))),
                    Arguments.of(
                            "with and without", mistake(b -> b.dataDirectory().dataDirectory(Path.of("x")))));
        }

        private static UnaryOperator<NodeBuilder> mistake(UnaryOperator<NodeBuilder> mistake) {
            return mistake;
        }

        @ParameterizedTest
        @MethodSource("contradictions")
        void are_refused_before_anything_starts(String message, UnaryOperator<NodeBuilder> mistake) {
            NodeBuilder builder = mistake.apply(ChaskiNode.builder());
            assertThatThrownBy(() -> builder.options(NOTHING))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(message)
                    .extracting(failure -> ((ChaskiException) failure).reason())
                    .isEqualTo("CONFIGURATION");
        }

        @Test
        void are_no_longer_so_when_said_aloud() {
            assertThat(ChaskiNode.builder()
                            .listen("0.0.0.0:1")
                            .insecure()
                            .options(NOTHING)
                            .network()
                            .listen())
                    .containsExactly(Address.parse("0.0.0.0:1"));
        }

        @Test
        void are_refused_in_the_call_where_java_can_tell() {
            assertThatThrownBy(() -> ChaskiNode.builder().listen("nowhere"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ChaskiNode.builder().lanDiscovery(new String[0]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name of an interface");
            assertThatThrownBy(() -> ChaskiNode.builder().lanDiscovery("eth0", " "))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ChaskiNode.builder().lanDiscovery("a,b,c,d,e,f,g,h,i".split(",", -1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most 8");
        }
    }

    @Nested
    class The_data_directory_of_the_platform {

        private Optional<Path> folder(String system, Map<String, String> variables) {
            return ChaskiNode.builder()
                    .name("mill-7")
                    .cluster("lab")
                    .dataDirectory()
                    .options(outside(Map.of("os.name", system, "user.home", "home"), variables))
                    .dataDirectory();
        }

        @Test
        void follows_the_rules_of_the_platform() {
            assertThat(folder("Linux", Map.of())).contains(Path.of("home/.local/share/chaski/lab/mill-7"));
            assertThat(folder("Linux", Map.of("XDG_DATA_HOME", "xdg"))).contains(Path.of("xdg/chaski/lab/mill-7"));
            assertThat(folder("Mac OS X", Map.of()))
                    .contains(Path.of("home/Library/Application Support/chaski/lab/mill-7"));
            assertThat(folder("Windows 11", Map.of("LOCALAPPDATA", "local")))
                    .contains(Path.of("local/chaski/lab/mill-7"));
        }
    }

    @Nested
    class Options_of_a_subscription {

        @Test
        void have_bounded_defaults() {
            SubscribeOptions defaults = SubscribeOptions.DEFAULTS;
            assertThat(List.of(defaults.capacity(), defaults.capacityBytes(), defaults.overflow(), defaults.dispatch()))
                    .isEqualTo(List.of(1_024, 16L << 20, OverflowPolicy.DROP_OLDEST, Dispatch.CALLBACK));
        }

        @Test
        void have_ranges() {
            assertThatThrownBy(() -> SubscribeOptions.builder().capacity(0).build())
                    .hasMessageContaining("capacity");
            assertThatThrownBy(() ->
                            SubscribeOptions.builder().capacity((1 << 20) + 1).build())
                    .hasMessageContaining("capacity");
            assertThatThrownBy(() -> SubscribeOptions.builder().capacityBytes(0).build())
                    .hasMessageContaining("capacityBytes");
        }

        @ParameterizedTest
        @EnumSource
        void have_the_same_ranges_with_every_policy(OverflowPolicy policy) {
            SubscribeOptions smallest = SubscribeOptions.builder()
                    .overflow(policy)
                    .capacity(1)
                    .capacityBytes(1)
                    .build();
            SubscribeOptions largest = SubscribeOptions.builder()
                    .overflow(policy)
                    .capacity(SubscribeOptions.MAX_CAPACITY)
                    .capacityBytes(Long.MAX_VALUE)
                    .dispatch(Dispatch.INLINE)
                    .build();
            assertThat(List.of(smallest.overflow(), largest.overflow())).containsOnly(policy);
            assertThatThrownBy(() -> SubscribeOptions.builder()
                            .overflow(policy)
                            .capacity(0)
                            .build())
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Options_of_a_message {

        @Test
        void wait_as_long_as_the_node_says_unless_they_say_otherwise() {
            assertThat(PublishOptions.NONE.patience()).isEmpty();
            assertThat(PublishOptions.NONE.live()).isFalse();
            for (Duration patience : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofSeconds(Long.MAX_VALUE))) {
                assertThat(PublishOptions.builder().patience(patience).build().patience())
                        .contains(patience);
            }
            assertThat(PublishOptions.builder().live().build().live()).isTrue();
        }

        @Test
        void have_no_negative_patience() {
            assertThatThrownBy(() -> PublishOptions.builder().patience(Duration.ofNanos(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("patience");
            assertThatThrownBy(() -> new PublishOptions(
                            Optional.empty(),
                            Map.of(),
                            OptionalInt.empty(),
                            false,
                            Optional.of(Duration.ofSeconds(-1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("patience");
        }

        @Test
        void keep_the_order_of_headers() {
            PublishOptions options = PublishOptions.builder()
                    .key("k")
                    .header("z", "1")
                    .header("a", "2")
                    .hopLimit(3)
                    .build();
            assertThat(options.headers()).containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
            assertThat(options.key()).contains("k");
            assertThat(options.hopLimit()).hasValue(3);
        }

        @Test
        void take_each_header_once() {
            assertThatThrownBy(() -> PublishOptions.builder().header("a", "1").header("a", "2"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("header given twice: a");
            assertThatThrownBy(() -> PublishOptions.builder().hopLimit(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
