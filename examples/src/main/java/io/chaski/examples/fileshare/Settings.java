package io.chaski.examples.fileshare;

import io.chaski.core.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a peer is told: by its command line, and by a file that it names.
 *
 * @param name of the peer
 * @param listen where it listens, unless it becomes a bootstrap
 * @param bootstrap where others may be
 * @param shared directory of its files
 * @param rest port of the REST gateway on loopback; none if empty
 * @param uploadLimitBytes largest file that it takes from others and through the gateway
 */
record Settings(
        String name,
        Address listen,
        List<Address> bootstrap,
        Path shared,
        Optional<Integer> rest,
        long uploadLimitBytes) {

    static final String USAGE = """
            usage: fileshare --name NAME --shared DIRECTORY [--config FILE] [--bootstrap HOST:PORT]... [--listen HOST:PORT]
                             [--rest PORT] [--upload-limit BYTES]
            FILE is .properties or .json and has the same words without the dashes; what the command line says goes before it.
            The list of bootstraps is separated by commas, in JSON it is an array.""";

    /** Room for any photograph and most songs; a film is fetched, not pushed at somebody. */
    private static final long DEFAULT_UPLOAD_LIMIT_BYTES = 64L << 20;

    private static final String BOOTSTRAP = "bootstrap";
    private static final String CONFIG = "config";
    private static final List<String> WORDS = List.of("name", "shared", "listen", BOOTSTRAP, "rest", "upload-limit");

    Settings {
        bootstrap = List.copyOf(bootstrap);
        if (name.isBlank()) {
            throw new IllegalArgumentException("name is empty");
        }
        if (rest.isPresent() && (rest.get() < 0 || rest.get() > 65_535)) {
            throw new IllegalArgumentException("rest must be a port, 0 for a free one: " + rest.get());
        }
        if (uploadLimitBytes < 1) {
            throw new IllegalArgumentException("upload-limit must be 1 or more: " + uploadLimitBytes);
        }
    }

    static Settings parse(List<String> arguments) throws IOException {
        Map<String, List<String>> said = new LinkedHashMap<>();
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String option = rest.next();
            String word = option.startsWith("--") ? option.substring(2) : "";
            if (!WORDS.contains(word) && !word.equals(CONFIG)) {
                throw new IllegalArgumentException("unknown option " + option);
            }
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            said.computeIfAbsent(word, any -> new ArrayList<>()).add(rest.next());
        }
        Map<String, List<String>> all = new LinkedHashMap<>();
        if (said.containsKey(CONFIG)) {
            all.putAll(ConfigFile.read(Path.of(one(said, CONFIG).orElseThrow()), WORDS, Set.of(BOOTSTRAP)));
        }
        all.putAll(said);
        return of(all);
    }

    private static Settings of(Map<String, List<String>> said) {
        return new Settings(
                one(said, "name").orElseThrow(() -> new IllegalArgumentException("--name is needed")),
                Address.parse(one(said, "listen").orElse("127.0.0.1:0")),
                said.getOrDefault(BOOTSTRAP, List.of()).stream()
                        .map(Address::parse)
                        .toList(),
                Path.of(one(said, "shared").orElseThrow(() -> new IllegalArgumentException("--shared is needed"))),
                one(said, "rest").map(text -> number("rest", text, Integer::parseInt)),
                one(said, "upload-limit")
                        .map(text -> number("upload-limit", text, Long::parseLong))
                        .orElse(DEFAULT_UPLOAD_LIMIT_BYTES));
    }

    private static Optional<String> one(Map<String, List<String>> said, String word) {
        List<String> values = said.getOrDefault(word, List.of());
        if (values.size() > 1) {
            throw new IllegalArgumentException(word + " is said more than once");
        }
        return values.stream().findFirst();
    }

    private static <N> N number(String word, String text, Function<String, N> parser) {
        try {
            return parser.apply(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(word + " needs a number, not " + text, e);
        }
    }
}
