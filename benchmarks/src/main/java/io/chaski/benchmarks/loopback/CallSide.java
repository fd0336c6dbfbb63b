package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Order;

/** A {@link Side} of a workload of calls: what it says is the same, but only the sender has something to count. */
final class CallSide {

    private final CallContestant contestant;
    private final int outstanding;

    /**
     * One of two processes.
     *
     * @param contestant who calls and is called
     * @param outstanding how many calls are under way at any time, 1 or more
     */
    CallSide(CallContestant contestant, int outstanding) {
        this.contestant = contestant;
        this.outstanding = outstanding;
    }

    void receive() throws Exception {
        try (CallContestant.Served served = contestant.serve()) {
            Side.say(Side.LISTENING, served.address());
            Side.hear(command -> Side.report(0, 0, 0));
        }
    }

    void send(String address) throws Exception {
        try (Caller caller = contestant.dial(address)) {
            Side.work(outstanding == 1 ? oneByOne(caller) : new OutstandingLoad(caller, outstanding));
        }
    }

    private static Load oneByOne(Caller caller) {
        return new RoundTripLoad(number -> {
            Order order = Order.numbered(number);
            return order.invoice().equals(caller.buy(order));
        });
    }
}
