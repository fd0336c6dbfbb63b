package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.remote.CallEvent;
import io.chaski.remote.ScheduleRefusedException;
import io.chaski.remote.internal.model.MethodKey;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.schedule.Order;
import io.chaski.remote.internal.schedule.Runs;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.ErrorText;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.MalformedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Executes what callers have scheduled, under the rules that hold for their calls: the list of callers, interceptors, the context with
 * the caller, a deadline that interrupts. Thread-safe.
 */
public final class LocalCalls implements Runs {

    private final Serving serving;
    private final RandomGenerator random;

    /**
     * Executes calls without a stream.
     *
     * @param acceptor takes those with one
     * @param random call ids are drawn from it
     */
    public LocalCalls(CallAcceptor acceptor, RandomGenerator random) {
        this.serving = acceptor.serving();
        this.random = random;
    }

    /** What an order is about. */
    private record Found(ServedService service, MethodModel method) {}

    private Found find(Order order) {
        ServedService service = serving.services().find(order.service(), order.version());
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
        if (!serving.services()
                .mayCall(
                        found.service(), order.service(), caller, found.method().name())) {
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
        CallHeaders headers = new CallHeaders(
                order.service(), order.version(), found.method().key(), CallId.random(random), 1, order.headers());
        Run run = new Run(order.deadline(), onEnded);
        Execution execution = new Execution(
                run,
                caller,
                headers,
                found.service(),
                found.method(),
                serving,
                null,
                new Body(Body.Kind.ARGUMENTS, arguments));
        CompletableFuture<Void> deadline = new CompletableFuture<Void>()
                .completeOnTimeout(null, order.deadline().toNanos(), TimeUnit.NANOSECONDS);
        var unused = deadline.whenComplete((nothing, cancelled) -> {
            if (cancelled == null) {
                run.isLate = true;
                execution.cancel();
            }
        });
        run.deadline = deadline;
        if (!serving.threads().tryExecute(execution)) {
            run.end(Optional.of("the node closes"));
        }
    }

    /** What becomes of one execution. */
    private static final class Run implements Answered {
        private final long deadlineNanos;
        private final Consumer<Optional<String>> onEnded;
        private volatile boolean isLate;
        private volatile @Nullable CompletableFuture<Void> deadline;

        Run(Duration limit, Consumer<Optional<String>> onEnded) {
            this.deadlineNanos = System.nanoTime() + limit.toNanos();
            this.onEnded = onEnded;
        }

        @Override
        public CallEvent.Side side() {
            return CallEvent.Side.SCHEDULED;
        }

        @Override
        public Optional<Duration> remaining() {
            return Optional.of(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
        }

        @Override
        public void answer(Body body) {
            Optional<String> error = errorOf(body);
            end(isLate && error.isPresent() ? Optional.of("it took longer than its deadline") : error);
        }

        @Override
        public void onFinished() {
            end(Optional.of("it did not begin before its deadline"));
        }

        private void end(Optional<String> error) {
            CompletableFuture<Void> timer = deadline;
            if (timer != null) {
                timer.cancel(false);
            }
            onEnded.accept(error);
        }

        private static Optional<String> errorOf(Body body) {
            try {
                return switch (body.kind()) {
                    case FAILURE -> {
                        Failure failure = Failure.parse(body.bytes());
                        yield Optional.of(text(
                                failure.type().isEmpty() ? failure.code().name() : failure.type(), failure.message()));
                    }
                    case DECLARED_ERROR -> {
                        ErrorText error = ErrorText.parse(body.bytes());
                        yield Optional.of(text(error.name(), error.message()));
                    }
                    case VALUE, ARGUMENTS, ITEM, STOP -> Optional.empty();
                };
            } catch (MalformedException ours) {
                throw new IllegalStateException("an answer of this node", ours);
            }
        }

        private static String text(String type, String message) {
            return message.isEmpty() ? type : type + ": " + message;
        }
    }
}
