package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.ThisProcess;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a number of calls under way: each answer is checked and followed by the next call, on the thread that brings it. Who
 * blocks gets a thread for each of them instead. There is one round of calls at least.
 */
final class OutstandingLoad implements Load {

    /** Beyond the duration; the machine may be busy. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    private final Caller caller;
    private final int outstanding;

    /**
     * No calls yet.
     *
     * @param caller by it
     * @param outstanding how many calls are under way at any time, 1 or more
     */
    OutstandingLoad(Caller caller, int outstanding) {
        this.caller = caller;
        this.outstanding = outstanding;
    }

    @Override
    public Phase run(Duration duration) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(outstanding);
        List<Lane> lanes = new ArrayList<>();
        long beganCpuNanos = ThisProcess.cpuNanos();
        long beganNanos = System.nanoTime();
        for (int i = 0; i < outstanding; i++) {
            Lane lane = new Lane(i, beganNanos + duration.toNanos(), running);
            lanes.add(lane);
            start(lane, i);
        }
        if (!running.await(duration.plus(LIMIT).toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(running.getCount() + " calls have not ended");
        }
        long nanos = System.nanoTime() - beganNanos;
        long cpuNanos = ThisProcess.cpuNanos() - beganCpuNanos;
        Answers answers = new Answers();
        lanes.forEach(lane -> answers.add(lane.answers));
        return new Phase(answers.right(), nanos, cpuNanos, 0, 0, answers.missing(), answers.wrong());
    }

    private void start(Lane lane, int index) {
        if (caller.isBlocking()) {
            Thread thread = new Thread(lane, "caller " + index);
            thread.setDaemon(true);
            thread.start();
        } else {
            lane.run();
        }
    }

    /** One call after the other. Confined to one thread at a time: that which brings the answer goes on. */
    private final class Lane implements Runnable {

        private final long endNanos;
        private final CountDownLatch running;
        private final Answers answers = new Answers();
        private long number;

        /**
         * No calls yet.
         *
         * @param index number of its first call; the lanes share the numbers out among them
         * @param endNanos when the last one begins
         * @param running told when the last one has ended
         */
        Lane(int index, long endNanos, CountDownLatch running) {
            this.number = index;
            this.endNanos = endNanos;
            this.running = running;
        }

        @Override
        public void run() {
            do {
                Order order = Order.numbered(number);
                number += outstanding;
                CompletableFuture<Invoice> answer = begin(order);
                boolean isLater = !answer.isDone(); // otherwise a loop, as the stack would grow with each call
                var unused = answer.whenComplete((invoice, failure) -> {
                    onEnded(order, invoice, failure);
                    if (isLater) {
                        goOn();
                    }
                });
                if (isLater) {
                    return;
                }
            } while (!isOver());
            running.countDown();
        }

        private void goOn() {
            if (isOver()) {
                running.countDown();
            } else {
                run();
            }
        }

        private boolean isOver() {
            return System.nanoTime() - endNanos >= 0;
        }

        private CompletableFuture<Invoice> begin(Order order) {
            try {
                return caller.buyLater(order);
            } catch (RuntimeException refused) { // inside a callback it would be lost
                return CompletableFuture.failedFuture(refused);
            }
        }

        private void onEnded(Order order, @Nullable Invoice invoice, @Nullable Throwable failure) {
            if (failure == null) {
                answers.answered(order.invoice().equals(invoice));
            } else {
                answers.failed(failure);
            }
        }
    }
}
