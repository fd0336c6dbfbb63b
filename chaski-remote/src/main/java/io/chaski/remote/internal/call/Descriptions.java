package io.chaski.remote.internal.call;

import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.core.stream.NodeStreams;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.CallException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.SignatureMismatchException;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.wire.CallbackName;
import io.chaski.remote.internal.wire.Description;
import io.chaski.remote.internal.wire.MalformedException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Knows which nodes serve what an interface needs. Asks a node once for each connection, before the first argument is sent, and
 * again when a call has shown that what is known may be wrong. Thread-safe.
 */
final class Descriptions {

    /** As many as a node knows records of services; the oldest answer makes room and is asked for again. */
    private static final int MAX_KNOWN = 4_096;

    /** Dialling, and one small message each way; a call that has more time asks again, here or elsewhere. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    /** How long others are asked before a node that has said no. */
    private static final long UNLIKELY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Key(NodeId peer, String service, String version, String signatureHash) {}

    /** A node was asked, and perhaps has answered. */
    private static final class Question {
        /** Completes with what is served if that does not fit, and with null if it does. */
        final CompletableFuture<@Nullable Description> unfit = new CompletableFuture<>();

        /** The connection over which it was answered: a node that comes back may serve something else. */
        volatile @Nullable Edge edge;

        boolean isOver() {
            Edge answered = edge;
            return unfit.isDone() && (answered == null || !answered.isUp());
        }
    }

    private static final CompletableFuture<Void> FITS = CompletableFuture.completedFuture(null);

    private final NodeStreams streams;
    private final Function<NodeId, Optional<Edge>> edges;
    private final Executor executor;
    private final LongSupplier nanoTime;

    /** Guarded by itself, as is what follows. Holds what is known and what is being asked. */
    private final Map<Key, Question> known = new LinkedHashMap<>();

    /** Who has said no, and when. */
    private final Map<Key, Long> unlikely = new LinkedHashMap<>();

    /**
     * Knows nothing yet.
     *
     * @param streams ask
     * @param edges the connection to a node, if there is one
     * @param executor reads what is answered
     * @param nanoTime a monotonic clock
     */
    Descriptions(
            NodeStreams streams, Function<NodeId, Optional<Edge>> edges, Executor executor, LongSupplier nanoTime) {
        this.streams = streams;
        this.edges = edges;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /**
     * Makes sure that a node serves what an interface needs.
     *
     * @return completes if it does, and fails with a {@code CallException} that nobody else gets, {@code StreamException}, {@code
     *     NodeClosedException} or {@code MalformedException}; not to be completed. Dependents run on the executor
     */
    CompletableFuture<Void> verify(NodeId peer, String service, String version, ServiceModel model) {
        if (CallbackName.isCallback(service)) {
            return FITS; // compared when the call that brings it was
        }
        Key key = new Key(peer, service, version, model.hash());
        Question question;
        boolean isNew = false;
        synchronized (known) {
            question = known.get(key);
            if (question == null || question.isOver()) {
                isNew = true;
                question = new Question();
                known.put(key, question);
                trim(known);
            }
        }
        if (isNew) {
            ask(key, model, question);
        } else if (question.unfit.isDone() && !question.unfit.isCompletedExceptionally()) {
            return FITS; // what does not fit is not kept
        }
        return question.unfit.thenAccept(served -> {
            if (served != null) {
                throw refusal(key, model, served);
            }
        });
    }

    private static void trim(Map<Key, ?> oldestFirst) {
        if (oldestFirst.size() > MAX_KNOWN) {
            oldestFirst.remove(oldestFirst.keySet().iterator().next());
        }
    }

    private void ask(Key key, ServiceModel model, Question question) {
        CompletableFuture<byte[]> answer;
        try {
            answer = request(new Candidate(key.peer(), key.version()), key.service(), LIMIT);
        } catch (RuntimeException refused) { // the node is closed, or its loop is stuck
            answer = CompletableFuture.failedFuture(refused);
        }
        var unused = answer.thenApplyAsync(bytes -> unfit(key, model, question, bytes), executor)
                .whenComplete((served, failure) -> {
                    boolean isFit = failure == null && served == null;
                    if (!isFit || question.edge == null) {
                        forget(key, question);
                    }
                    if (failure == null) {
                        note(key, isFit);
                        question.unfit.complete(served);
                    } else {
                        question.unfit.completeExceptionally(Unwrapped.of(failure));
                    }
                });
    }

    private CompletableFuture<byte[]> request(Candidate candidate, String service, Duration limit) {
        byte[] question = new Description.Question(service, candidate.version()).toBytes();
        return streams.request(candidate.node(), Description.PROTOCOL, question, limit);
    }

    /**
     * Asks a node for the description of a service, each time anew.
     *
     * @param candidate the node, and which version of the service it is to describe
     * @param limit longer than nothing
     * @return of a service that there is for this node; fails as {@link #verify} does otherwise. Dependents run on the executor
     * @throws NodeClosedException if this node is closed
     */
    CompletableFuture<Description> fetch(Candidate candidate, String service, Duration limit) {
        return request(candidate, service, limit)
                .thenApplyAsync(
                        answer -> {
                            Description served = parse(answer);
                            if (served.state() != Description.State.SERVED) {
                                throw refusal(candidate.node(), service, served);
                            }
                            return served;
                        },
                        executor);
    }

    private @Nullable Description unfit(Key key, ServiceModel model, Question question, byte[] answer) {
        question.edge = edges.apply(key.peer()).orElse(null);
        Description served = parse(answer);
        boolean isFit = served.state() == Description.State.SERVED
                && missing(model, served).isEmpty();
        return isFit ? null : served;
    }

    private static Description parse(byte[] answer) {
        try {
            return Description.parse(answer);
        } catch (MalformedException malformed) {
            throw new CompletionException(malformed);
        }
    }

    private void note(Key key, boolean isFit) {
        synchronized (known) {
            unlikely.remove(key);
            if (!isFit) {
                unlikely.put(key, nanoTime.getAsLong());
                trim(unlikely);
            }
        }
    }

    /**
     * Whether a node has said no a moment ago: asking it again costs each call a round trip, so that others are asked first.
     *
     * @param candidate the node, and which version of the service
     */
    boolean isUnlikely(Candidate candidate, String service, ServiceModel model) {
        synchronized (known) {
            Long saidNanos = unlikely.get(new Key(candidate.node(), service, candidate.version(), model.hash()));
            return saidNanos != null && nanoTime.getAsLong() - saidNanos < UNLIKELY_NANOS;
        }
    }

    private static CallException refusal(Key key, ServiceModel model, Description served) {
        if (served.state() != Description.State.SERVED) {
            return refusal(key.peer(), key.service(), served);
        }
        return new SignatureMismatchException(
                key.peer(),
                key.service(),
                missing(model, served).stream()
                        .map(MethodModel::signature)
                        .sorted()
                        .collect(Collectors.joining("; ")),
                served.methods().values().stream().sorted().collect(Collectors.joining("; ")));
    }

    /** Of a service that is not served, or not for this node. */
    private static CallException refusal(NodeId peer, String service, Description served) {
        return served.state() == Description.State.DENIED
                ? new CallDeniedException(peer, "this node may not call '" + service + "'")
                : new NoProviderException(peer, "no service '" + service + "'", served.others());
    }

    private static List<MethodModel> missing(ServiceModel model, Description served) {
        return model.methods().stream()
                .filter(method -> !method.signature().equals(served.methods().get(method.key())))
                .toList();
    }

    private void forget(Key key, Question question) {
        synchronized (known) {
            known.remove(key, question);
        }
    }

    /** A call has shown that what is known of a node may be wrong. */
    void forget(NodeId peer, String service, String version, ServiceModel model) {
        synchronized (known) {
            known.remove(new Key(peer, service, version, model.hash()));
        }
    }
}
