package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.internal.wire.WireLimits;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** N02: each option, where it comes from, and which word counts. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ConfiguredOptionsTest {

    private static final NodeId ID = NodeId.parse("00112233445566778899aabbccddeeff");

    private static OutsideSettings outside(Map<String, String> properties, Map<String, String> variables) {
        return new OutsideSettings(properties, variables);
    }

    private static final OutsideSettings NOTHING = outside(Map.of(), Map.of());

    /**
     * One option: how the program says it, how it is said from outside, and how to read it.
     *
     * @param key last part of the property and of the variable
     * @param outsideText as given in a property
     * @param outsideValue what that means
     * @param said the program says another value
     * @param saidValue that value
     * @param byDefault without either
     * @param read reads the option
     */
    private record Option(
            String key,
            String outsideText,
            Object outsideValue,
            UnaryOperator<NodeBuilder> said,
            Object saidValue,
            Object byDefault,
            Function<NodeOptions, Object> read) {
        @Override
        public String toString() {
            return key;
        }
    }

    private static List<Address> addresses(String... texts) {
        return Arrays.stream(texts).map(Address::parse).toList();
    }

    static Stream<Option> options() {
        return Stream.of(
                new Option(
                        "name",
                        "mill-7",
                        Optional.of("mill-7"),
                        b -> b.name("mill-8"),
                        Optional.of("mill-8"),
                        Optional.empty(),
                        NodeOptions::name),
                new Option("cluster", "lab", "lab", b -> b.cluster("plant"), "plant", "default", NodeOptions::cluster),
                new Option(
                        "id",
                        "ffffffffffffffffffffffffffffffff",
                        Optional.of(new NodeId(-1, -1)),
                        b -> b.id(ID),
                        Optional.of(ID),
                        Optional.empty(),
                        NodeOptions::id),
                new Option(
                        "data-directory",
                        "some/folder",
                        Optional.of(Path.of("some/folder")),
                        b -> b.dataDirectory(Path.of("other")),
                        Optional.of(Path.of("other")),
                        Optional.empty(),
                        NodeOptions::dataDirectory),
                new Option(
                        "listen",
                        "127.0.0.1:1, [::1]:2",
                        addresses("127.0.0.1:1", "[::1]:2"),
                        b -> b.listen("inproc:a"),
                        addresses("inproc:a"),
                        addresses("127.0.0.1:0"),
                        o -> o.network().listen()),
                new Option(
                        "unix-users",
                        "1001, 33,",
                        Set.of(33, 1001),
                        b -> b.unixUsers(7),
                        Set.of(7),
                        Set.of(),
                        o -> o.network().unixUsers()),
                new Option(
                        "advertise",
                        "host:1",
                        addresses("host:1"),
                        b -> b.advertise(Address.tcp("host", 2)),
                        addresses("host:2"),
                        List.of(),
                        o -> o.network().advertise()),
                new Option(
                        "bootstrap",
                        "host:1,*ChaskiNode@host:2",
                        addresses("host:1", "host:2"),
                        b -> b.bootstrap("host:3"),
                        addresses("host:3"),
                        List.of(),
                        o -> o.network().bootstrap()),
                new Option(
                        "root",
                        "true",
                        true,
                        b -> b.root(false),
                        false,
                        false,
                        o -> o.network().root()),
                new Option(
                        "relay",
                        "TRUE",
                        true,
                        b -> b.relay(false),
                        false,
                        false,
                        o -> o.network().relay()),
                new Option(
                        "topology",
                        "manual",
                        Topology.MANUAL,
                        b -> b.topology(Topology.AUTOMATIC),
                        Topology.AUTOMATIC,
                        Topology.AUTOMATIC,
                        o -> o.network().topology()),
                new Option(
                        "udp",
                        "false",
                        false,
                        b -> b.udp(true),
                        true,
                        true,
                        o -> o.network().udp()),
                new Option(
                        "lan-discovery",
                        "eth0, wlan0",
                        new LanOptions(true, List.of("eth0", "wlan0")),
                        b -> b.lanDiscovery(false),
                        LanOptions.OFF,
                        LanOptions.OFF,
                        o -> o.network().lan()),
                new Option(
                        "insecure",
                        "true",
                        true,
                        b -> b.insecure(false),
                        false,
                        false,
                        o -> o.network().insecure()),
                new Option(
                        "keep-alive",
                        "500ms",
                        Duration.ofMillis(500),
                        b -> b.keepAlive(Duration.ofSeconds(1)),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        o -> o.edges().keepAlive()),
                new Option(
                        "dead-after",
                        "1m",
                        Duration.ofMinutes(1),
                        b -> b.deadAfter(Duration.ofSeconds(9)),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(8),
                        o -> o.edges().deadAfter()),
                new Option(
                        "reconnections",
                        "32",
                        32,
                        b -> b.reconnections(0),
                        0,
                        EdgeOptions.UNLIMITED,
                        o -> o.edges().reconnections()),
                new Option(
                        "max-connections",
                        "5",
                        5,
                        b -> b.maxConnections(6),
                        6,
                        1_024,
                        o -> o.edges().maxConnections()),
                new Option(
                        "max-frame",
                        "256KiB",
                        256 << 10,
                        b -> b.maxFrame(128 << 10),
                        128 << 10,
                        1 << 20,
                        o -> o.edges().maxFrame()),
                new Option(
                        "max-payload",
                        "512KiB",
                        512 << 10,
                        b -> b.maxPayload(1),
                        1,
                        (1 << 20) - (16 << 10),
                        o -> o.messages().maxPayload()),
                new Option(
                        "slow-consumer-timeout",
                        "PT0.5S",
                        Duration.ofMillis(500),
                        b -> b.slowConsumerTimeout(Duration.ZERO),
                        Duration.ZERO,
                        Duration.ofSeconds(30),
                        o -> o.messages().slowConsumerTimeout()));
    }

    /** The second table of the guide: options of a topic, a subscription and a message, which only the program says. */
    @Nested
    class The_guide {

        private List<String> rows(String where) throws IOException {
            return Files.readAllLines(Path.of("..", "docs", "configuration.md")).stream()
                    .filter(line -> line.startsWith("| `" + where + "` |"))
                    .toList();
        }

        private List<String> names(List<String> rows) {
            return rows.stream().map(row -> row.split("`", -1)[3]).toList();
        }

        /** Methods that return the same kind again. */
        private List<String> optionsOf(Class<?> type) {
            return Arrays.stream(type.getMethods())
                    .filter(method -> !Modifier.isStatic(method.getModifiers()))
                    .filter(method -> method.getReturnType() == type)
                    .map(Method::getName)
                    .toList();
        }

        @Test
        void has_every_option_of_a_topic_a_subscription_and_a_message() throws IOException {
            assertThat(names(rows("Topic"))).containsExactlyInAnyOrderElementsOf(optionsOf(Topic.class));
            assertThat(names(rows("SubscribeOptions")))
                    .containsExactlyInAnyOrderElementsOf(optionsOf(SubscribeOptions.Builder.class));
            assertThat(names(rows("PublishOptions")))
                    .containsExactlyInAnyOrderElementsOf(optionsOf(PublishOptions.Builder.class));
        }

        @Test
        void has_their_defaults_and_bounds() throws IOException {
            SubscribeOptions byDefault = SubscribeOptions.DEFAULTS;
            Topic<String> topic = Topic.text("t");
            assertThat(rows("Topic"))
                    .contains(
                            row("Topic", "hopLimit", topic.hopLimit(), "1 to " + Topic.MAX_HOP_LIMIT + " edges"),
                            row("Topic", "presence", "`" + topic.presence() + "`", ""),
                            row(
                                    "Topic",
                                    "presenceLease",
                                    topic.presenceLease().toSeconds() + " s",
                                    Presence.MIN_LEASE.toSeconds() + " s to " + Presence.MAX_LEASE.toMinutes()
                                            + " min"));
            assertThat(rows("SubscribeOptions"))
                    .contains(
                            row(
                                    "SubscribeOptions",
                                    "capacity",
                                    grouped(byDefault.capacity()) + " messages",
                                    "1 to " + grouped(SubscribeOptions.MAX_CAPACITY)),
                            row(
                                    "SubscribeOptions",
                                    "capacityBytes",
                                    (byDefault.capacityBytes() >> 20) + " MiB",
                                    "1 or more"))
                    .anyMatch(row ->
                            row.startsWith("| `SubscribeOptions` | `overflow` | `" + byDefault.overflow() + "` |"))
                    .anyMatch(row ->
                            row.startsWith("| `SubscribeOptions` | `dispatch` | `" + byDefault.dispatch() + "` |"));
            assertThat(PublishOptions.NONE)
                    .isEqualTo(new PublishOptions(
                            Optional.empty(), Map.of(), OptionalInt.empty(), false, Optional.empty()));
            assertThat(rows("PublishOptions"))
                    .contains(
                            row(
                                    "PublishOptions",
                                    "header",
                                    "none",
                                    WireLimits.MAX_HEADERS + " headers, " + (WireLimits.MAX_HEADER_BYTES >> 10)
                                            + " KiB in all"),
                            row("PublishOptions", "key", "none", WireLimits.MAX_NAME_BYTES + " bytes of UTF-8"),
                            row("PublishOptions", "hopLimit", "the topic's", "1 to " + Topic.MAX_HOP_LIMIT + " edges"));
        }

        private String row(String where, String option, Object byDefault, String range) {
            return "| `" + where + "` | `" + option + "` | " + byDefault + " | "
                    + (range.isEmpty() ? "|" : range + " |");
        }

        private String grouped(int number) {
            return String.format(Locale.ROOT, "%,d", number);
        }
    }

    @Nested
    class Each_option {

        static Stream<Option> options() {
            return ConfiguredOptionsTest.options();
        }

        @Test
        void is_in_this_table() {
            assertThat(options().map(Option::key))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(OutsideSettings.Setting.values())
                            .map(setting -> setting.property().substring(OutsideSettings.PROPERTY_PREFIX.length()))
                            .toList());
        }

        @ParameterizedTest
        @MethodSource("options")
        void is_in_the_guide(Option option) throws IOException {
            Path guide = Path.of("..", "docs", "configuration.md");
            assertThat(Files.readString(guide))
                    .contains("| `chaski.node." + option.key + "` | `" + variable(option) + "` |");
        }

        @ParameterizedTest
        @MethodSource("options")
        void has_its_default(Option option) {
            assertThat(option.read.apply(ChaskiNode.builder().options(NOTHING))).isEqualTo(option.byDefault);
        }

        @ParameterizedTest
        @MethodSource("options")
        void comes_from_the_environment(Option option) {
            Map<String, String> variables = Map.of(variable(option), option.outsideText);
            assertThat(option.read.apply(ChaskiNode.builder().options(outside(Map.of(), variables))))
                    .isEqualTo(option.outsideValue);
        }

        @ParameterizedTest
        @MethodSource("options")
        void comes_from_a_system_property_before_the_environment(Option option) {
            Map<String, String> properties = Map.of("chaski.node." + option.key, option.outsideText);
            Map<String, String> variables = Map.of(variable(option), "nonsense that is never read");
            assertThat(option.read.apply(ChaskiNode.builder().options(outside(properties, variables))))
                    .isEqualTo(option.outsideValue);
        }

        @ParameterizedTest
        @MethodSource("options")
        void comes_from_the_program_before_everything(Option option) {
            assertThat(option.saidValue).as("what the program says").isNotEqualTo(option.outsideValue);
            Map<String, String> properties = Map.of("chaski.node." + option.key, option.outsideText);
            NodeBuilder builder = option.said.apply(ChaskiNode.builder());
            assertThat(option.read.apply(builder.options(outside(properties, Map.of()))))
                    .isEqualTo(option.saidValue);
            Map<String, String> variables = Map.of(variable(option), option.outsideText);
            assertThat(option.read.apply(builder.options(outside(Map.of(), variables))))
                    .isEqualTo(option.saidValue);
        }

        private String variable(Option option) {
            return "CHASKI_NODE_"
                    + option.key.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
        }
    }

    @Test
    void flags_without_an_argument_say_yes() {
        NetworkOptions network =
                ChaskiNode.builder().root().relay().insecure().options(NOTHING).network();
        assertThat(List.of(network.root(), network.relay(), network.insecure())).containsOnly(true);
    }

    @Nested
    class The_variable_of_upstream {

        private final OutsideSettings root =
                outside(Map.of(), Map.of("CHASKI_STREAMER_ROOT", "ChaskiStreamer@host:65433"));

        @Test
        void is_the_default_of_the_bootstrap_address() {
            assertThat(ChaskiNode.builder().options(root).network().bootstrap()).isEqualTo(addresses("host:65433"));
        }

        @Test
        void loses_against_everything_that_was_said() {
            assertThat(ChaskiNode.builder()
                            .bootstrap("a:1")
                            .options(root)
                            .network()
                            .bootstrap())
                    .isEqualTo(addresses("a:1"));
            OutsideSettings both =
                    outside(Map.of(), Map.of("CHASKI_STREAMER_ROOT", "host:1", "CHASKI_NODE_BOOTSTRAP", "b:1"));
            assertThat(ChaskiNode.builder().options(both).network().bootstrap()).isEqualTo(addresses("b:1"));
        }

        @Test
        void says_nothing_to_a_manual_topology() {
            assertThat(ChaskiNode.builder()
                            .topology(Topology.MANUAL)
                            .options(root)
                            .network()
                            .bootstrap())
                    .isEmpty();
        }

        @Test
        void is_never_written() {
            Map<String, String> before = Map.copyOf(System.getenv());
            ChaskiNode.builder().bootstrap("a:1").options();
            assertThat(System.getenv()).isEqualTo(before);
        }
    }

    @Nested
    class Mistakes_from_outside {

        @Test
        void in_a_key_are_errors_that_list_the_keys() {
            assertThatThrownBy(() -> outside(Map.of("chaski.node.keepAlive", "1s"), Map.of()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("unknown option chaski.node.keepAlive")
                    .hasMessageContaining("chaski.node.keep-alive");
            assertThatThrownBy(() -> outside(Map.of(), Map.of("CHASKI_NODE_NAMES", "a")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("CHASKI_NODE_NAMES");
        }

        @Test
        void elsewhere_are_none_of_our_business() {
            assertThat(outside(Map.of("chaski.test.seed", "1"), Map.of("CHASKI_REMOTE_PROXY", "x")))
                    .isNotNull();
        }

        @ParameterizedTest
        @CsvSource({
            "id, 123",
            "listen, nowhere",
            "unix-users, root",
            "root, yes",
            "topology, star",
            "lan-discovery, ','",
            "keep-alive, 5",
            "keep-alive, -1s",
            "max-frame, 1MB",
            "max-payload, lots",
            "reconnections, -1"
        })
        void in_a_value_are_errors_that_name_the_key_and_the_value(String key, String text) {
            assertThatThrownBy(() ->
                            ChaskiNode.builder().options(outside(Map.of("chaski.node." + key, text), Map.of())))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("chaski.node." + key)
                    .hasMessageContaining(text);
        }
    }
}
