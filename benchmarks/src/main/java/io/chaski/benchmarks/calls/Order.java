package io.chaski.benchmarks.calls;

import java.io.Serializable;

/**
 * The argument of each call. Immutable.
 *
 * @param number differs from call to call, so that an answer to another one shows
 * @param price of a piece
 * @param article short text
 */
public record Order(long number, double price, String article) implements Serializable {

    private static final int ARTICLES = 1_000;

    /**
     * The order with a number, always the same.
     *
     * @param number 0 or more
     */
    public static Order numbered(long number) {
        return new Order(number, number % ARTICLES + 0.5, "article " + number % ARTICLES);
    }

    /** The right answer. */
    public Invoice invoice() {
        return new Invoice(number, price * 2, article);
    }
}
