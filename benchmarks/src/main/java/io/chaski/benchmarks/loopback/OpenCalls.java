package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Calls without an answer yet, for libraries that only have messages: an answer is known by its number. Thread-safe. */
final class OpenCalls {

    /** As many as the load keeps under way. */
    private final Map<Long, CompletableFuture<Invoice>> calls = new ConcurrentHashMap<>();

    CompletableFuture<Invoice> add(Order order) {
        CompletableFuture<Invoice> answer = new CompletableFuture<>();
        calls.put(order.number(), answer);
        return answer;
    }

    /** Completes the call that it belongs to. */
    void answered(Invoice invoice) {
        CompletableFuture<Invoice> call = calls.remove(invoice.number());
        if (call == null) {
            System.err.println("an answer that nobody waits for: " + invoice);
        } else {
            call.complete(invoice);
        }
    }

    /** There are no more answers. */
    void fail(Exception why) {
        calls.values().forEach(call -> call.completeExceptionally(why));
    }
}
