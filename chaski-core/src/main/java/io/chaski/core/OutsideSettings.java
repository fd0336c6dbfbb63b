package io.chaski.core;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What system properties ({@code chaski.node.keep-alive}) and environment variables ({@code CHASKI_NODE_KEEP_ALIVE}) say
 * about a node. Read once, when a node starts, and never written; a property wins over a variable. A key in these two
 * name spaces that means nothing is an error, because it is a typing mistake. Immutable.
 */
final class OutsideSettings {

    static final String PROPERTY_PREFIX = "chaski.node.";
    static final String VARIABLE_PREFIX = "CHASKI_NODE_";

    /** What python-chaski called the address of the root; kept, so that a mixed installation is configured once. */
    static final String UPSTREAM_ROOT_VARIABLE = "CHASKI_STREAMER_ROOT";

    /** Every option that can be set from outside, by the last part of its key. */
    enum Setting {
        NAME,
        CLUSTER,
        ID,
        DATA_DIRECTORY,
        LISTEN,
        UNIX_USERS,
        ADVERTISE,
        BOOTSTRAP,
        ROOT,
        RELAY,
        TOPOLOGY,
        UDP,
        LAN_DISCOVERY,
        INSECURE,
        KEEP_ALIVE,
        DEAD_AFTER,
        RECONNECTIONS,
        MAX_CONNECTIONS,
        MAX_FRAME,
        MAX_PAYLOAD,
        SLOW_CONSUMER_TIMEOUT;

        String property() {
            return PROPERTY_PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        String variable() {
            return VARIABLE_PREFIX + name();
        }
    }

    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(KiB|MiB)?");

    private final Map<String, String> properties;
    private final Map<String, String> variables;

    /**
     * Takes copies.
     *
     * @throws ConfigurationException if a key in one of the two name spaces means nothing
     */
    OutsideSettings(Map<String, String> properties, Map<String, String> variables) {
        this.properties = new TreeMap<>(properties);
        this.variables = new TreeMap<>(variables);
        refuseUnknown(this.properties, PROPERTY_PREFIX, Setting::property);
        refuseUnknown(this.variables, VARIABLE_PREFIX, Setting::variable);
    }

    /** Reads those of this process. */
    static OutsideSettings ofThisProcess() {
        Properties all = System.getProperties();
        Map<String, String> properties = new TreeMap<>();
        for (String name : all.stringPropertyNames()) {
            String value = all.getProperty(name);
            if (value != null) {
                properties.put(name, value);
            }
        }
        return new OutsideSettings(properties, System.getenv());
    }

    Optional<String> text(Setting setting) {
        return read(setting, text -> text);
    }

    Optional<NodeId> id(Setting setting) {
        return read(setting, NodeId::parse);
    }

    Optional<Path> path(Setting setting) {
        return read(setting, OutsideSettings::parsePath);
    }

    Optional<List<Address>> addresses(Setting setting) {
        return read(setting, OutsideSettings::parseAddresses);
    }

    Optional<Set<Integer>> numbers(Setting setting) {
        return read(setting, OutsideSettings::parseNumbers);
    }

    Optional<LanOptions> lan(Setting setting) {
        return read(setting, OutsideSettings::parseLan);
    }

    Optional<Boolean> flag(Setting setting) {
        return read(setting, OutsideSettings::parseFlag);
    }

    Optional<Topology> topology(Setting setting) {
        return read(setting, text -> Topology.valueOf(text.toUpperCase(Locale.ROOT)));
    }

    Optional<Duration> duration(Setting setting) {
        return read(setting, OutsideSettings::parseDuration);
    }

    Optional<Integer> number(Setting setting) {
        return read(setting, OutsideSettings::parseNumber);
    }

    /** The default that python-chaski's variable gives for the bootstrap addresses. */
    List<Address> upstreamRoot() {
        String text = variables.get(UPSTREAM_ROOT_VARIABLE);
        return text == null || text.isBlank()
                ? List.of()
                : parse(UPSTREAM_ROOT_VARIABLE, text, OutsideSettings::parseAddresses);
    }

    /** The folder in which this platform keeps the data of applications of one user. */
    Path platformDataHome() {
        Path home = Path.of(properties.getOrDefault("user.home", "."));
        String system = properties.getOrDefault("os.name", "").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return home.resolve("Library").resolve("Application Support");
        }
        boolean isWindows = system.startsWith("windows");
        String configured = variables.get(isWindows ? "LOCALAPPDATA" : "XDG_DATA_HOME");
        if (configured != null && !configured.isBlank()) {
            return parse(isWindows ? "LOCALAPPDATA" : "XDG_DATA_HOME", configured, OutsideSettings::parsePath);
        }
        return isWindows
                ? home.resolve("AppData").resolve("Local")
                : home.resolve(".local").resolve("share");
    }

    private <V> Optional<V> read(Setting setting, Function<String, V> parser) {
        String name = properties.containsKey(setting.property()) ? setting.property() : setting.variable();
        String text = properties.getOrDefault(name, variables.get(name));
        return text == null ? Optional.empty() : Optional.of(parse(name, text, parser));
    }

    private static <V> V parse(String name, String text, Function<String, V> parser) {
        try {
            return parser.apply(text.strip());
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new ConfigurationException(name + " makes no sense: '" + text + "' (" + e.getMessage() + ")", e);
        }
    }

    private static List<Address> parseAddresses(String text) {
        return parts(text).map(Address::parse).toList();
    }

    private static Set<Integer> parseNumbers(String text) {
        return parts(text).map(Integer::valueOf).collect(Collectors.toSet());
    }

    /** Yes, no, or where. */
    private static LanOptions parseLan(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> LanOptions.ON;
            case "false" -> LanOptions.OFF;
            default -> LanOptions.on(parts(text).toList());
        };
    }

    private static Stream<String> parts(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(part -> !part.isEmpty());
    }

    private static Path parsePath(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static boolean parseFlag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    }

    private static int parseNumber(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a number, or one with KiB or MiB");
        }
        long unit = 1L << shiftOf(matcher.group(2));
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, Long.parseLong(matcher.group(1)) * unit));
    }

    private static int shiftOf(@Nullable String unit) {
        if (unit == null) {
            return 0;
        }
        return unit.equals("KiB") ? 10 : 20;
    }

    private static Duration parseDuration(String text) {
        Matcher matcher = SHORT_DURATION.matcher(text);
        if (!matcher.matches()) {
            return Duration.parse(text);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (Objects.requireNonNull(matcher.group(2))) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static void refuseUnknown(Map<String, String> given, String prefix, Function<Setting, String> nameOf) {
        List<String> known = Arrays.stream(Setting.values()).map(nameOf).toList();
        for (String name : given.keySet()) {
            if (name.startsWith(prefix) && !known.contains(name)) {
                throw new ConfigurationException("unknown option " + name + "; there are " + String.join(", ", known));
            }
        }
    }
}
