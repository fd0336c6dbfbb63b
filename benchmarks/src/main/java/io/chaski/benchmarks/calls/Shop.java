package io.chaski.benchmarks.calls;

/** What is called, by who waits for the answer. */
public interface Shop {

    /**
     * Sells two.
     *
     * @param order of one article
     */
    Invoice buy(Order order);
}
