package io.chaski.benchmarks.calls;

import java.util.concurrent.CompletableFuture;

/** {@link Shop} for who does not wait. */
public interface ShopLater {

    /**
     * Sells two.
     *
     * @param order of one article
     */
    CompletableFuture<Invoice> buy(Order order);
}
