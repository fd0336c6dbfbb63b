package io.chaski.remote.internal.call;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.remote.internal.model.TypeName;
import java.lang.reflect.Array;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a value fits a parameter of which only the name of the type is known. Immutable.
 *
 * @param value as it is sent, so that whoever reads it by the declared type finds what was meant
 * @param loss 0 if the type is that of the value; the larger, the farther away
 */
record Fit(@Nullable Object value, int loss) {

    /** As deep as a value may be that is sent. */
    private static final int MAX_DEPTH = 32;

    /** A value that stands for one of another kind: a text for an enum, a map for a record. */
    private static final int STANDS_FOR = 20;

    /** A list where a set or an array is wanted. */
    private static final int OTHER_COLLECTION = 1;

    /**
     * How a value fits.
     *
     * @param value what is passed
     * @param type what is wanted
     * @return empty if it does not
     */
    static Optional<Fit> of(@Nullable Object value, TypeName type) {
        return of(value, type, 0);
    }

    private static Optional<Fit> of(@Nullable Object value, TypeName type, int depth) {
        if (depth > MAX_DEPTH) {
            return Optional.empty(); // it contains itself, or could not be sent
        }
        if (value instanceof Optional<?> optional) {
            return of(optional.orElse(null), type, depth + 1);
        }
        if (type.name().equals("Optional") && type.arguments().size() == 1) {
            return value == null ? exactly(null) : of(value, type.arguments().get(0), depth + 1);
        }
        if (value == null) {
            return NumberFit.isPrimitive(type.name()) ? Optional.empty() : exactly(null);
        }
        if (value instanceof Number number) {
            return NumberFit.of(number, type.name());
        }
        if (value instanceof byte[]) {
            boolean isBytes = type.toString().equals("byte[]");
            return isBytes ? exactly(value) : Optional.empty();
        }
        if (value instanceof Map<?, ?> map) {
            return ofMap(map, type, depth);
        }
        if (value instanceof Collection<?> || value.getClass().isArray()) {
            return ofMany(value, type, depth);
        }
        return ofOne(value, type);
    }

    private static Optional<Fit> exactly(@Nullable Object value) {
        return Optional.of(new Fit(value, 0));
    }

    private static Optional<Fit> ofOne(Object value, TypeName type) {
        String name = type.name();
        if (value instanceof Boolean) {
            return name.equals("boolean") || name.equals("Boolean") ? exactly(value) : Optional.empty();
        }
        if (value instanceof Character) {
            return ofText(value.toString(), type, 1);
        }
        if (value instanceof String text) {
            return ofText(text, type, 0);
        }
        return isNamed(value, name) ? exactly(value) : Optional.empty();
    }

    /** A text may be the text of a time, an id or an enum; whoever decodes it finds out. */
    private static Optional<Fit> ofText(String text, TypeName type, int lossOfText) {
        return switch (type.name()) {
            case "String" -> Optional.of(new Fit(text, lossOfText));
            case "char", "Character" ->
                text.length() == 1 ? Optional.of(new Fit(text, 1 - lossOfText)) : Optional.empty();
            case "boolean", "Boolean", "List", "Set", "Map", TypeName.ARRAY -> Optional.empty();
            default ->
                NumberFit.isNumber(type.name()) || !type.arguments().isEmpty() || isInterface(type)
                        ? Optional.empty()
                        : Optional.of(new Fit(text, STANDS_FOR));
        };
    }

    /** A callback cannot be passed without its interface. */
    private static boolean isInterface(TypeName type) {
        return type.name().indexOf('#') >= 0;
    }

    private static boolean isNamed(Object value, String name) {
        if (value instanceof Enum<?> constant) {
            return constant.getDeclaringClass().getSimpleName().equals(name);
        }
        if (value instanceof ZoneId && name.equals("ZoneId")) {
            return true; // its classes have other names
        }
        boolean isTextual = value instanceof TemporalAccessor
                || value instanceof TemporalAmount
                || value instanceof NodeId
                || value instanceof Address;
        return (isTextual || value.getClass().isRecord())
                && value.getClass().getSimpleName().equals(name);
    }

    private static Optional<Fit> ofMap(Map<?, ?> map, TypeName type, int depth) {
        boolean isRecord = type.isOfApplication() && !isInterface(type);
        boolean isMap = type.name().equals("Map") && type.arguments().size() == 2;
        if (!isMap && !isRecord) {
            return Optional.empty();
        }
        Map<Object, @Nullable Object> sent = new LinkedHashMap<>();
        int loss = isMap ? 0 : STANDS_FOR;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object key = entry.getKey();
            boolean isKey =
                    isMap ? key != null && !(key instanceof Map || key instanceof Collection) : key instanceof String;
            Optional<Fit> value = isMap
                    ? of(entry.getValue(), type.arguments().get(1), depth + 1)
                    : plain(entry.getValue(), depth + 1);
            if (!isKey || value.isEmpty()) {
                return Optional.empty();
            }
            sent.put(key, value.get().value());
            loss = Math.max(loss, value.get().loss());
        }
        return Optional.of(new Fit(sent, loss));
    }

    private static Optional<Fit> ofMany(Object many, TypeName type, int depth) {
        boolean isArray = type.name().equals(TypeName.ARRAY);
        boolean isList = type.name().equals("List");
        if (type.arguments().size() != 1 || !isArray && !isList && !type.name().equals("Set")) {
            return Optional.empty();
        }
        List<@Nullable Object> sent = new ArrayList<>();
        int loss = isArray == many.getClass().isArray() && (isArray || isList == many instanceof List)
                ? 0
                : OTHER_COLLECTION;
        for (Object each : listOf(many)) {
            Optional<Fit> element = of(each, type.arguments().get(0), depth + 1);
            if (element.isEmpty()) {
                return Optional.empty();
            }
            sent.add(element.get().value());
            loss = Math.max(loss, element.get().loss());
        }
        return Optional.of(new Fit(sent, loss));
    }

    private static List<@Nullable Object> listOf(Object many) {
        if (many instanceof Collection<?> collection) {
            return new ArrayList<>(collection);
        }
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(many); i++) {
            elements.add(Array.get(many, i));
        }
        return elements;
    }

    /** A component of a record, of which not even the name of the type is known. */
    private static Optional<Fit> plain(@Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            return Optional.empty();
        }
        if (value instanceof Optional<?> optional) {
            return plain(optional.orElse(null), depth + 1);
        }
        if (value instanceof Map<?, ?> map) {
            return ofMap(map, new TypeName("record", List.of()), depth);
        }
        if (value instanceof Collection<?>
                || value != null && value.getClass().isArray() && !(value instanceof byte[])) {
            List<@Nullable Object> sent = new ArrayList<>();
            for (Object each : listOf(value)) {
                Optional<Fit> element = plain(each, depth + 1);
                if (element.isEmpty()) {
                    return Optional.empty();
                }
                sent.add(element.get().value());
            }
            return Optional.of(new Fit(sent, STANDS_FOR));
        }
        boolean isSent = value == null
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof String
                || value instanceof byte[]
                || value instanceof Number number && NumberFit.isSent(number)
                || value instanceof Enum<?> constant
                        && isNamed(value, constant.getDeclaringClass().getSimpleName())
                || isNamed(value, value.getClass().getSimpleName());
        return isSent ? Optional.of(new Fit(value, STANDS_FOR)) : Optional.empty();
    }
}
