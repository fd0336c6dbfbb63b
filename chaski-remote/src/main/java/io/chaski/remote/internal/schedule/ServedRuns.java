package io.chaski.remote.internal.schedule;

import io.chaski.core.NodeId;
import io.chaski.remote.ScheduleRefusedException;
import io.chaski.remote.internal.model.MethodKey;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.serve.LocalCalls;
import io.chaski.remote.internal.serve.ServedService;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs what this node serves, if it is schedulable and its caller may call it. Thread-safe. */
public final class ServedRuns implements Runs {

    private final LocalCalls calls;

    /**
     * Runs by calls of this node to itself.
     *
     * @param calls executes them
     */
    public ServedRuns(LocalCalls calls) {
        this.calls = calls;
    }

    /** What an order is about. */
    private record Found(ServedService service, MethodModel method) {}

    private Found find(Order order) {
        ServedService service = calls.find(order.service(), order.version());
        if (service == null) {
            throw new ScheduleRefusedException("no service '" + order.service() + "'");
        }
        if (!service.options().isSchedulable()) {
            throw new ScheduleRefusedException("'" + order.service() + "' is not schedulable");
        }
        MethodModel method;
        try {
            method = service.model().find(MethodKey.parse(order.method()));
        } catch (IllegalArgumentException notAKey) {
            throw new ScheduleRefusedException("the key of the method is malformed");
        }
        if (method == null || !method.signature().equals(order.signature())) {
            throw new ScheduleRefusedException("'" + order.service() + "' has no method " + order.signature());
        }
        if (method.streams().isAny()) {
            throw new ScheduleRefusedException(method.name() + " has a stream of items, which nobody would take");
        }
        return new Found(service, method);
    }

    @Override
    public String check(NodeId caller, Order order) {
        Found found = find(order);
        if (!calls.mayCall(found.service(), order.service(), caller, found.method())) {
            throw new ScheduleRefusedException("this node may not call '" + order.service() + "'");
        }
        return found.method().name();
    }

    @Override
    public void run(NodeId caller, Order order, byte[] arguments, Consumer<Optional<String>> onEnded) {
        Found found;
        try {
            found = find(order);
        } catch (ScheduleRefusedException gone) {
            onEnded.accept(Optional.of(String.valueOf(gone.getMessage())));
            return;
        }
        calls.run(caller, found.service(), found.method(), order.headers(), order.deadline(), arguments, onEnded);
    }
}
