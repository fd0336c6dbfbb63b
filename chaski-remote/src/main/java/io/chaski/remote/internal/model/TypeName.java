package io.chaski.remote.internal.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A type as a signature names it, taken apart. It is compared with names and never leads to a class. Immutable.
 *
 * @param name simple name; {@value #ARRAY} for an array, whose argument is what it holds
 * @param arguments type arguments
 */
public record TypeName(String name, List<TypeName> arguments) {

    /** The name of all arrays. */
    public static final String ARRAY = "[]";

    /** More than anybody nests, and little for the stack. */
    private static final int MAX_DEPTH = 32;

    /** Copies the list. */
    public TypeName {
        arguments = List.copyOf(arguments);
    }

    /** Whether this is no type that all interfaces share: an enum, a record or an interface of the application. */
    public boolean isOfApplication() {
        return !name.equals(ARRAY) && !TypeUniverse.isShared(name);
    }

    /**
     * Takes a list of types apart.
     *
     * @param text such as {@code String,Map<String,int[]>}; may be empty
     * @return empty if it is no such list
     */
    static Optional<List<TypeName>> parseList(String text) {
        return text.isEmpty() ? Optional.of(List.of()) : parseList(text, 0);
    }

    private static Optional<List<TypeName>> parseList(String text, int depth) {
        List<TypeName> types = new ArrayList<>();
        for (String each : splitAtCommas(text)) {
            Optional<TypeName> type = parse(each, depth);
            if (type.isEmpty()) {
                return Optional.empty();
            }
            types.add(type.get());
        }
        return Optional.of(types);
    }

    private static Optional<TypeName> parse(String text, int depth) {
        if (depth > MAX_DEPTH) {
            return Optional.empty();
        }
        if (text.endsWith(ARRAY)) {
            return parse(text.substring(0, text.length() - ARRAY.length()), depth + 1)
                    .map(held -> new TypeName(ARRAY, List.of(held)));
        }
        int bracket = text.indexOf('<');
        if (bracket < 0) {
            return isName(text) ? Optional.of(new TypeName(text, List.of())) : Optional.empty();
        }
        String name = text.substring(0, bracket);
        if (!isName(name) || !text.endsWith(">")) {
            return Optional.empty();
        }
        return parseList(text.substring(bracket + 1, text.length() - 1), depth + 1)
                .map(arguments -> new TypeName(name, arguments));
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> "<>[], ".indexOf(c) >= 0);
    }

    private static List<String> splitAtCommas(String text) {
        List<String> parts = new ArrayList<>();
        int open = 0;
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '<') {
                open++;
            } else if (c == '>') {
                open--;
            } else if (c == ',' && open == 0) {
                parts.add(text.substring(begin, i));
                begin = i + 1;
            }
        }
        parts.add(text.substring(begin));
        return parts;
    }

    @Override
    public String toString() {
        if (name.equals(ARRAY)) {
            return arguments.get(0) + ARRAY;
        }
        return arguments.isEmpty()
                ? name
                : name + arguments.stream().map(TypeName::toString).collect(Collectors.joining(",", "<", ">"));
    }
}
