package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.remote.CallEvent;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.ErrorText;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.MalformedException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Executes calls that have come without a stream, under the rules that hold for all calls: the list of callers, interceptors, the
 * context with the caller, a deadline that interrupts. Thread-safe.
 */
public final class LocalCalls {

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

    /**
     * What is served under a name, or null.
     *
     * @param name any text
     * @param version which version; empty for the one without, or else the only one there is
     */
    public @Nullable ServedService find(String name, String version) {
        return serving.services().find(name, version);
    }

    /** Whether a node may call a method of {@link #find}, which it knows under this name. */
    public boolean mayCall(ServedService service, String name, NodeId caller, MethodModel method) {
        return serving.services().mayCall(service, name, caller, method.name());
    }

    /**
     * Executes a method once, on another thread.
     *
     * @param caller as whom
     * @param service of {@link #find}
     * @param method of the service, without streams of items
     * @param headers those of the application
     * @param limit how long it may take
     * @param arguments encoded
     * @param onEnded called once, with what went wrong
     */
    public void run(
            NodeId caller,
            ServedService service,
            MethodModel method,
            Map<String, String> headers,
            Duration limit,
            byte[] arguments,
            Consumer<Optional<String>> onEnded) {
        CallHeaders all =
                new CallHeaders(service.name(), service.version(), method.key(), CallId.random(random), 1, headers);
        Run run = new Run(limit, onEnded);
        Execution execution = new Execution(
                run, caller, all, service, method, serving, null, new Body(Body.Kind.ARGUMENTS, arguments));
        CompletableFuture<Void> deadline =
                new CompletableFuture<Void>().completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS);
        var unused = deadline.whenComplete((nothing, cancelled) -> {
            if (cancelled == null) {
                run.isLate = true;
                execution.cancel();
            }
        });
        run.deadline = deadline;
        if (!serving.threads().tryExecute(caller, execution)) {
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
