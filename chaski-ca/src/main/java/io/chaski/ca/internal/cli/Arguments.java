package io.chaski.ca.internal.cli;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was written behind a verb: options in any order, and operands. Immutable. */
final class Arguments {

    private static final Pattern SHORT_DURATION = Pattern.compile("([0-9]{1,6})([smhd])");
    private static final int HEX = 16;

    private final List<String> words;
    private final Map<String, List<String>> options;
    private final List<String> operands;

    private Arguments(List<String> words, Map<String, List<String>> options, List<String> operands) {
        this.words = List.copyOf(words);
        this.options = options;
        this.operands = operands;
    }

    /**
     * Takes them apart.
     *
     * @throws UsageException if there is an option that the verb does not have, or a value or an operand too few or many
     */
    static Arguments parse(List<String> words, List<Option> known, List<String> operandNames) {
        Map<String, List<String>> options = new HashMap<>();
        List<String> operands = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) {
                operands.add(word);
                continue;
            }
            Option option = known.stream()
                    .filter(each -> each.name().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new UsageException("no option " + word));
            List<String> values = options.computeIfAbsent(word, name -> new ArrayList<>());
            if (!option.isFlag()) {
                i++;
                if (i == words.size()) {
                    throw new UsageException(word + " needs " + option.value());
                }
                values.add(words.get(i));
            }
        }
        boolean asksForHelp = options.containsKey(Option.HELP.name());
        if (!asksForHelp && operands.size() != operandNames.size()) {
            throw new UsageException(
                    operandNames.isEmpty()
                            ? "nothing is expected where '" + operands.get(0) + "' is"
                            : "expected: " + String.join(" ", operandNames));
        }
        return new Arguments(words, options, operands);
    }

    /** As they were written. */
    List<String> words() {
        return words;
    }

    boolean has(Option option) {
        return options.containsKey(option.name());
    }

    String operand(int index) {
        return operands.get(index);
    }

    List<String> all(Option option) {
        return options.getOrDefault(option.name(), List.of());
    }

    Optional<String> value(Option option) {
        List<String> values = all(option);
        if (values.size() > 1) {
            throw new UsageException(option.name() + " is there " + values.size() + " times");
        }
        return values.stream().findFirst();
    }

    String required(Option option) {
        return value(option)
                .orElseThrow(() -> new UsageException(option.name() + " " + option.value() + " is missing"));
    }

    Path directory() {
        return Path.of(required(Option.DIR));
    }

    /** {@code 30s}, {@code 15m}, {@code 24h}, {@code 7d} or ISO-8601. */
    Duration duration(Option option, Duration otherwise) {
        return value(option).map(text -> duration(option, text)).orElse(otherwise);
    }

    private static Duration duration(Option option, String text) {
        Matcher matcher = SHORT_DURATION.matcher(text);
        try {
            return Duration.parse(
                    matcher.matches()
                            ? (matcher.group(2).equals("d") ? "P" : "PT")
                                    + matcher.group(1)
                                    + matcher.group(2).toUpperCase(Locale.ROOT)
                            : text);
        } catch (DateTimeException e) {
            throw new UsageException(option.name() + " is a duration such as 15m or 24h, not '" + text + "'");
        }
    }

    static BigInteger serial(String text) {
        try {
            return new BigInteger(text, HEX);
        } catch (NumberFormatException e) {
            throw new UsageException("'" + text + "' is neither an identity (chaski://...), nor a key (key:...), nor a"
                    + " hexadecimal serial number");
        }
    }
}
