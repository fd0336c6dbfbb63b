package io.chaski.remote.internal.model;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The types that may travel, a closed set: what is decoded is built from these and from the records and enums that the
 * interface itself names, so nothing that arrives can choose a class.
 */
final class TypeUniverse {

    private static final Set<Class<?>> NUMBERS_AND_TEXT = Set.of(
            boolean.class,
            byte.class,
            short.class,
            int.class,
            long.class,
            float.class,
            double.class,
            char.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Character.class,
            String.class,
            BigInteger.class,
            BigDecimal.class);

    /** These are one text on the wire. */
    private static final Set<Class<?>> TEXTUAL = Set.of(
            Duration.class,
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            LocalTime.class,
            MonthDay.class,
            OffsetDateTime.class,
            OffsetTime.class,
            Period.class,
            Year.class,
            YearMonth.class,
            ZonedDateTime.class,
            ZoneId.class,
            ZoneOffset.class,
            NodeId.class,
            Address.class);

    private static final Set<Class<?>> KEYS =
            Set.of(String.class, Byte.class, Short.class, Integer.class, Long.class, Boolean.class, Character.class);

    private static final Set<Class<?>> OF_ONE = Set.of(List.class, Set.class, Optional.class);

    /** Simple names of all types that are not those of an application. */
    private static final Set<String> SHARED = Stream.of(NUMBERS_AND_TEXT, TEXTUAL, OF_ONE, Set.<Class<?>>of(Map.class))
            .flatMap(Set::stream)
            .map(Class::getSimpleName)
            .collect(Collectors.toUnmodifiableSet());

    private final Set<Type> seen = new HashSet<>();

    private TypeUniverse() {}

    /**
     * Why a type may not travel.
     *
     * @param type with its variables replaced
     * @return a short phrase that names the part that may not, or empty if the type may
     */
    static Optional<String> problem(Type type) {
        return new TypeUniverse().check(type);
    }

    /** Whether a simple name is that of a type which all interfaces share. */
    static boolean isShared(String simpleName) {
        return SHARED.contains(simpleName);
    }

    private Optional<String> check(Type type) {
        if (!seen.add(type)) {
            return Optional.empty(); // a record that contains itself, or a type that occurs twice
        }
        if (type instanceof Class<?> plain) {
            return checkClass(plain);
        }
        if (type instanceof GenericType generic) {
            return checkGeneric(generic);
        }
        if (type instanceof GenericArrayType array) {
            return check(array.getGenericComponentType());
        }
        if (type instanceof TypeVariable<?> variable) {
            return Optional.of("nothing says what " + variable.getName() + " stands for");
        }
        return Optional.of(
                type instanceof WildcardType ? "a wildcard leaves the type open" : type + " is no type that travels");
    }

    private Optional<String> checkClass(Class<?> type) {
        if (NUMBERS_AND_TEXT.contains(type) || TEXTUAL.contains(type) || type.isEnum()) {
            return Optional.empty();
        }
        if (type.isArray()) {
            return check(type.getComponentType());
        }
        if (type.getTypeParameters().length > 0) {
            return Optional.of(type.getSimpleName() + " needs its type arguments");
        }
        return type.isRecord()
                ? checkComponents(type, TypeBindings.ofInterface(type))
                : Optional.of(type.getSimpleName() + " is no type that travels");
    }

    private Optional<String> checkGeneric(GenericType type) {
        if (OF_ONE.contains(type.raw())) {
            return check(type.arguments().get(0));
        }
        if (type.raw() == Map.class) {
            return checkMap(type);
        }
        return type.raw().isRecord()
                ? checkComponents(type.raw(), TypeBindings.of(type))
                : Optional.of(type.raw().getSimpleName() + " is no type that travels");
    }

    private Optional<String> checkMap(GenericType map) {
        Type key = map.arguments().get(0);
        boolean isKey =
                key instanceof Class<?> plain && (KEYS.contains(plain) || TEXTUAL.contains(plain) || plain.isEnum());
        return isKey ? check(map.arguments().get(1)) : Optional.of(TypeText.full(key) + " cannot be the key of a map");
    }

    private Optional<String> checkComponents(Class<?> record, TypeBindings bindings) {
        for (RecordComponent component : record.getRecordComponents()) {
            Optional<String> problem = check(bindings.resolve(component.getGenericType()));
            if (problem.isPresent()) {
                return Optional.of(record.getSimpleName() + "." + component.getName() + ": " + problem.get());
            }
        }
        return Optional.empty();
    }
}
