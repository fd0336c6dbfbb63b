package io.chaski.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * What several rounds of one measurement have given. Immutable.
 *
 * @param median the middle one; the mean of the two in the middle if their number is even
 * @param least smallest
 * @param most largest
 */
public record Spread(double median, double least, double most) {

    /**
     * Sums up.
     *
     * @param figures one or more, in any order
     */
    public static Spread of(Collection<Double> figures) {
        double[] sorted =
                figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /**
     * Sums up ratios. The machine is as fast for one as for the other within a round, which it is not from one round to the next, so a
     * ratio is that of a round, not of two medians.
     *
     * @param figures one or more, of a round each
     * @param limits of the same rounds in the same order
     */
    public static Spread ofRatios(List<Double> figures, List<Double> limits) {
        if (figures.size() != limits.size()) {
            throw new IllegalArgumentException(figures.size() + " rounds beside " + limits.size());
        }
        return of(IntStream.range(0, figures.size())
                .mapToObj(round -> figures.get(round) / limits.get(round))
                .toList());
    }

    /**
     * Median, minimum and maximum as text.
     *
     * @param figure how one of them is written
     */
    public String print(DoubleFunction<String> figure) {
        return figure.apply(median) + " (" + figure.apply(least) + "-" + figure.apply(most) + ")";
    }

    /**
     * A figure with three digits that count, for people: {@code 1.23 M}, {@code 45.6 k}, {@code 7.89}; with two below one: {@code
     * 0.12}, {@code 0.0035}.
     *
     * @param figure not negative
     */
    public static String threeDigits(double figure) {
        if (figure >= 999_500) {
            return scaled(figure / 1e6) + " M";
        }
        return figure >= 9_995 ? scaled(figure / 1e3) + " k" : scaled(figure);
    }

    private static String scaled(double figure) {
        if (figure > 0 && figure < 0.0995) {
            return new BigDecimal(figure).round(new MathContext(2)).toPlainString();
        }
        String format = figure < 9.995 ? "%.2f" : figure < 99.95 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, format, figure);
    }
}
