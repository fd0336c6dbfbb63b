package io.chaski.remote.internal.call;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * How a number fits a type that is known by name. It never loses a digit that counts, but for a double as a float, as whoever writes
 * 0.1 for one expects; not even there does a number become infinite. Stateless.
 */
final class NumberFit {

    /** From narrow to wide: each may stand for those behind it, as in Java. */
    private static final List<String> WIDER =
            List.of("byte", "short", "int", "long", "float", "double", "BigInteger", "BigDecimal");

    private static final List<String> BOXED =
            List.of("Byte", "Short", "Integer", "Long", "Float", "Double", "BigInteger", "BigDecimal");

    private static final int FLOAT = 4;
    private static final int DOUBLE = 5;
    private static final int BIG_INTEGER = 6;
    private static final int BIG_DECIMAL = 7;

    /** A type that is narrower than that of the value, and holds this value. */
    private static final int NARROWER = 10;

    private NumberFit() {}

    static boolean isPrimitive(String name) {
        return WIDER.subList(0, BIG_INTEGER).contains(name) || name.equals("boolean") || name.equals("char");
    }

    static boolean isNumber(String name) {
        return rank(name) >= 0;
    }

    /** Whether a number is of a class that travels. */
    static boolean isSent(Number number) {
        return rank(number.getClass().getSimpleName()) >= 0;
    }

    private static int rank(String name) {
        return Math.max(WIDER.indexOf(name), BOXED.indexOf(name));
    }

    static Optional<Fit> of(Number number, String type) {
        int from = rank(number.getClass().getSimpleName());
        int to = rank(type);
        if (from < 0 || to < 0) {
            return Optional.empty();
        }
        int loss = to >= from ? to - from : NARROWER + from - to;
        return converted(number, from, to).map(sent -> new Fit(sent, loss));
    }

    private static Optional<Number> converted(Number number, int from, int to) {
        boolean isWhole = from < FLOAT || from == BIG_INTEGER;
        if (to < FLOAT || to == BIG_INTEGER) {
            return isWhole ? whole(number, to) : Optional.empty();
        }
        if (to == BIG_DECIMAL) {
            return decimal(number, isWhole);
        }
        if (from == BIG_INTEGER) {
            return Optional.empty(); // whoever has one expects more digits than a double has
        }
        Number value = to == DOUBLE ? (Number) number.doubleValue() : (Number) number.floatValue();
        return isKept(number, from, value) ? Optional.of(value) : Optional.empty();
    }

    /** Whether a float or double says the same as the number that it was made of. */
    private static boolean isKept(Number number, int from, Number value) {
        if (from == FLOAT || from == DOUBLE) {
            return Double.isFinite(value.doubleValue()) || !Double.isFinite(number.doubleValue());
        }
        if (!Double.isFinite(value.doubleValue())) {
            return false;
        }
        BigDecimal exact = new BigDecimal(number.toString());
        return exact.compareTo(new BigDecimal(value.doubleValue())) == 0
                // A fraction counts as it is written: 0.1 is a double, though its binary digits never end.
                || from == BIG_DECIMAL && exact.compareTo(new BigDecimal(value.toString())) == 0;
    }

    private static Optional<Number> whole(Number number, int to) {
        BigInteger value = number instanceof BigInteger big ? big : BigInteger.valueOf(number.longValue());
        if (to == BIG_INTEGER) {
            return Optional.of(value);
        }
        return value.bitLength() < Byte.SIZE << to ? Optional.of(value.longValue()) : Optional.empty();
    }

    private static Optional<Number> decimal(Number number, boolean isWhole) {
        if (number instanceof BigDecimal) {
            return Optional.of(number);
        }
        return isWhole || Double.isFinite(number.doubleValue())
                ? Optional.of(new BigDecimal(number.toString()))
                : Optional.empty();
    }
}
