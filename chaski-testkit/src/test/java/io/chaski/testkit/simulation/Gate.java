package io.chaski.testkit.simulation;

import java.util.Locale;

/**
 * One measured number and what it has to be (docs/simulation.md). Immutable.
 *
 * @param name what was measured
 * @param value the measurement
 * @param limit what it is compared with; infinite if it is only reported
 * @param atMost whether the limit is the largest value allowed, otherwise the smallest
 */
record Gate(String name, double value, double limit, boolean atMost) {

    static Gate atMost(String name, double value, double limit) {
        return new Gate(name, value, limit, true);
    }

    static Gate atLeast(String name, double value, double limit) {
        return new Gate(name, value, limit, false);
    }

    static Gate reported(String name, double value) {
        return new Gate(name, value, Double.POSITIVE_INFINITY, true);
    }

    /** Whether it has no limit. */
    boolean isReported() {
        return Double.isInfinite(limit);
    }

    boolean holds() {
        return atMost ? value <= limit : value >= limit;
    }

    /** How far it is beyond its limit, below 0 if it is not: the limit may differ from run to run, as flooding does. */
    double excess() {
        return atMost ? value - limit : limit - value;
    }

    @Override
    public String toString() {
        if (isReported()) {
            return name + " " + format(value);
        }
        return name + " " + format(value) + (atMost ? " <= " : " >= ") + format(limit) + (holds() ? "" : " BROKEN");
    }

    static String format(double number) {
        String text = String.format(Locale.ROOT, "%.4f", number);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
