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

    boolean holds() {
        return atMost ? value <= limit : value >= limit;
    }

    /** The worse of two measurements of the same thing. */
    Gate worse(Gate other) {
        // A limit may differ from run to run (flooding is another in each); the distance to it decides.
        double distance = atMost ? value - limit : limit - value;
        double otherDistance = atMost ? other.value - other.limit : other.limit - other.value;
        if (Double.isInfinite(limit)) {
            return other.value > value ? other : this;
        }
        return otherDistance > distance ? other : this;
    }

    @Override
    public String toString() {
        String number = format(value);
        if (Double.isInfinite(limit)) {
            return name + " " + number;
        }
        return name + " " + number + (atMost ? " <= " : " >= ") + format(limit) + (holds() ? "" : " BROKEN");
    }

    private static String format(double number) {
        String text = String.format(Locale.ROOT, "%.4f", number);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
