package io.chaski.remote.internal.call;

import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallOptions;
import io.chaski.remote.CallTimeoutException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.internal.context.CurrentCall;
import io.chaski.remote.internal.model.MethodKey;
import io.chaski.remote.internal.model.SignatureText;
import io.chaski.remote.internal.wire.Description;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Calls without an interface. Each asks a node for the description of the service, one round trip, chooses the method by it, and is
 * then a call as any other. Nothing is kept in between, so a service may change from one call to the next. Thread-safe.
 */
public final class DynamicCalls {

    private static final SignatureText DESCRIBE = new SignatureText("describe", "describe", List.of(), true);

    private final Calling calling;
    private final String service;
    private final Providers providers;

    /**
     * A node, and what it says of the service.
     *
     * @param candidate who serves it, in which version
     * @param description its methods
     */
    private record Described(Candidate candidate, Description description) {
        NodeId peer() {
            return candidate.node();
        }
    }

    /**
     * Calls of one service.
     *
     * @param calling makes the calls
     * @param service its name
     * @param providers who may execute them
     */
    public DynamicCalls(Calling calling, String service, Providers providers) {
        this.calling = calling;
        this.service = service;
        this.providers = providers;
    }

    /** Name of the service. */
    public String service() {
        return service;
    }

    /**
     * Calls, and waits for the result.
     *
     * @param method remote name of the method, the path to it included
     * @param values what is passed
     * @param near options that are nearest to the call
     * @return maps, lists, texts, numbers, truth values, bytes or null
     */
    public @Nullable Object call(String method, List<@Nullable Object> values, CallOptions near) {
        Limit limit = begin(near);
        Described described = await(find(limit), limit);
        Overloads.Choice choice = choose(described, method, values);
        Invocation invocation = Invocation.waiting(calling, target(described.candidate(), choice));
        return invocation.join(invocation.begin(choice.arguments(), limit.left()));
    }

    /**
     * Calls, and does not wait.
     *
     * @param method as for {@link #call}
     * @param values as for {@link #call}
     * @param near as for {@link #call}
     * @return as {@link #call}; cancelling it cancels the call
     */
    public CompletableFuture<@Nullable Object> callLater(
            String method, List<@Nullable Object> values, CallOptions near) {
        calling.requireOpen();
        Limit limit = new Limit(CallLayers.of(near, calling));
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        CompletableFuture<Described> found = find(limit);
        endWith(result, found);
        Runnable call = () -> {
            try {
                Described described = found.join(); // which is there
                Overloads.Choice choice = choose(described, method, values);
                Invocation invocation = Invocation.later(calling, target(described.candidate(), choice));
                CompletableFuture<@Nullable Object> inner = invocation.begin(choice.arguments(), limit.left());
                endWith(result, inner);
                var unused = inner.whenComplete((value, failure) -> complete(result, value, failure));
            } catch (RuntimeException failed) {
                result.completeExceptionally(Unwrapped.of(failed));
            }
        };
        var unused = found.whenComplete((described, failure) -> {
            if (!calling.threads().tryExecute(() -> limit.run(call))) {
                result.cancel(false); // the remote has been closed
            }
        });
        return result;
    }

    private static void complete(
            CompletableFuture<@Nullable Object> result, @Nullable Object value, @Nullable Throwable failure) {
        if (failure == null) {
            result.complete(value);
        } else {
            result.completeExceptionally(Unwrapped.of(failure));
        }
    }

    private static void endWith(CompletableFuture<?> result, CompletableFuture<?> part) {
        var unused = result.whenComplete((value, failure) -> {
            if (result.isCancelled()) {
                part.cancel(false);
            }
        });
    }

    /**
     * The signatures of the service, sorted. Waits.
     *
     * @param near options that are nearest to the call
     */
    public List<String> methods(CallOptions near) {
        Limit limit = begin(near);
        return await(find(limit), limit).description().methods().values().stream()
                .sorted()
                .toList();
    }

    private Limit begin(CallOptions near) {
        calling.requireOpen();
        if (calling.streams().inEventLoop()) {
            throw new IllegalStateException("this call waits, and the event loop must not: use callAsync");
        }
        return new Limit(CallLayers.of(near, calling));
    }

    private Overloads.Choice choose(Described described, String method, List<@Nullable Object> values) {
        return Overloads.choose(described.peer(), service, described.description(), method, values);
    }

    /** The node that was asked, and no other: another one may serve something else under this name. */
    private Target target(Candidate candidate, Overloads.Choice choice) {
        var model = choice.signature().toModel(choice.key());
        return new Target(service, model, model.methods().iterator().next(), Providers.only(candidate));
    }

    /** The first candidate that serves it for this node. */
    private CompletableFuture<Described> find(Limit limit) {
        Iterator<Candidate> candidates = providers.candidates(service, "", limit.options);
        CompletableFuture<Described> found = new CompletableFuture<>();
        if (candidates.hasNext()) {
            ask(candidates, limit, found);
        } else {
            found.completeExceptionally(
                    new NoProviderException(null, "nobody serves '" + service + "'", providers.known()));
        }
        return found;
    }

    private void ask(Iterator<Candidate> candidates, Limit limit, CompletableFuture<Described> found) {
        Candidate candidate = candidates.next();
        CompletableFuture<Description> asked;
        try {
            asked = calling.descriptions().fetch(candidate, service, limit.remaining());
        } catch (NodeClosedException closed) {
            asked = CompletableFuture.failedFuture(closed);
        }
        var unused = asked.whenComplete((description, failure) -> {
            if (failure == null) {
                found.complete(new Described(candidate, description));
                return;
            }
            AttemptEnd outcome =
                    Failures.ofUnopened(candidate.node(), describing(), Unwrapped.of(failure), limit.deadline.limit());
            if (outcome.next() != AttemptEnd.Next.NOTHING && !found.isDone() && candidates.hasNext()) {
                ask(candidates, limit, found);
            } else {
                found.completeExceptionally(Objects.requireNonNull(outcome.failure(), "there is no body"));
            }
        });
    }

    private Target describing() {
        var model = DESCRIBE.toModel(new MethodKey(0));
        return new Target(service, model, model.methods().iterator().next(), providers);
    }

    private Described await(CompletableFuture<Described> found, Limit limit) {
        try {
            return found.get(limit.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            found.cancel(false);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for the description of " + service);
        } catch (TimeoutException late) {
            found.cancel(false);
            throw new CallTimeoutException(null, describing().label(), limit.deadline.limit(), Execution.NOT_EXECUTED);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof CallException told) {
                told.fillInStackTrace(); // it was made on another thread; what helps is where the call was made
                throw told;
            }
            throw new CompletionException(failed.getCause());
        }
    }

    /** The deadline of a call, which is also that of the call it is made in. */
    private static final class Limit {
        private final @Nullable CurrentCall parent = CurrentCall.find();
        private final CallOptions options;
        private final CallDeadline deadline;

        Limit(CallOptions options) {
            this.options = options;
            this.deadline = CallDeadline.of(
                    Optional.of(options.deadline().orElse(CallOptions.DEFAULT_DEADLINE)), Duration.ZERO, parent);
        }

        Duration remaining() {
            return deadline.left().orElseThrow(); // there is one
        }

        CallOptions left() {
            return CallOptions.within(remaining()).over(options);
        }

        void run(Runnable task) {
            if (parent == null) {
                task.run();
            } else {
                parent.run(task);
            }
        }
    }
}
