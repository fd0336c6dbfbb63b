package io.chaski.remote.internal.call;

import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.stream.NodeStreams;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.PeerLostException;
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
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Knows which nodes serve what an interface needs. Asks a node once, before the first argument is sent, and again when a call
 * has shown that what is known may be wrong. Thread-safe.
 */
final class Descriptions {

    /** As many as a node knows records of services; the oldest answer makes room and is asked for again. */
    private static final int MAX_KNOWN = 4_096;

    /** One small message each way; calls wait for it no longer than their own deadline. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private record Key(NodeId peer, String service, String version, String signatureHash) {}

    private final NodeStreams streams;

    /** Guarded by itself. Holds what is known and what is being asked. */
    private final Map<Key, CompletableFuture<Void>> known = new LinkedHashMap<>();

    Descriptions(NodeStreams streams) {
        this.streams = streams;
    }

    /**
     * Makes sure that a node serves what an interface needs.
     *
     * @return completes if it does, and fails with a {@code CallException} or a {@code StreamException}; not to be completed
     */
    CompletableFuture<Void> verify(NodeId peer, String service, String version, ServiceModel model) {
        if (CallbackName.isCallback(service)) {
            return CompletableFuture.completedFuture(null); // compared when the call that brings it was
        }
        Key key = new Key(peer, service, version, model.hash());
        CompletableFuture<Void> asked;
        synchronized (known) {
            CompletableFuture<Void> before = known.get(key);
            if (before != null) {
                return before;
            }
            asked = new CompletableFuture<>();
            known.put(key, asked);
            if (known.size() > MAX_KNOWN) {
                known.remove(known.keySet().iterator().next());
            }
        }
        try {
            ask(key, model, asked);
        } catch (NodeClosedException closed) {
            forget(key, asked);
            asked.completeExceptionally(closed);
        }
        return asked;
    }

    private void ask(Key key, ServiceModel model, CompletableFuture<Void> asked) {
        var unused = fetch(new Candidate(key.peer(), key.version()), key.service(), LIMIT)
                .thenAccept(description -> checkMethods(key, model, description))
                .whenComplete((nothing, failure) -> {
                    if (failure == null) {
                        asked.complete(null);
                    } else {
                        forget(key, asked);
                        asked.completeExceptionally(Unwrapped.of(failure));
                    }
                });
    }

    /**
     * Asks a node for the description of a service, each time anew.
     *
     * @param candidate the node, and which version of the service it is to describe
     * @param limit longer than nothing
     * @return of a service that there is for this node; fails as {@link #verify} does otherwise
     * @throws NodeClosedException if this node is closed
     */
    CompletableFuture<Description> fetch(Candidate candidate, String service, Duration limit) {
        byte[] question = new Description.Question(service, candidate.version()).toBytes();
        return streams.request(candidate.node(), Description.PROTOCOL, question, limit)
                .thenApply(answer -> parse(candidate.node(), service, answer));
    }

    private static Description parse(NodeId peer, String service, byte[] answer) {
        Description description;
        try {
            description = Description.parse(answer);
        } catch (MalformedException malformed) {
            throw new PeerLostException(peer, "a description that cannot be read: " + malformed.what());
        }
        return switch (description.state()) {
            case NONE -> throw new NoProviderException(peer, "no service '" + service + "'", description.others());
            case DENIED -> throw new CallDeniedException(peer, "this node may not call '" + service + "'");
            case SERVED -> description;
        };
    }

    private static void checkMethods(Key key, ServiceModel model, Description description) {
        List<MethodModel> missing = model.methods().stream()
                .filter(method ->
                        !method.signature().equals(description.methods().get(method.key())))
                .toList();
        if (!missing.isEmpty()) {
            throw new SignatureMismatchException(
                    key.peer(),
                    key.service(),
                    missing.stream().map(MethodModel::signature).sorted().collect(Collectors.joining("; ")),
                    description.methods().values().stream().sorted().collect(Collectors.joining("; ")));
        }
    }

    private void forget(Key key, CompletableFuture<Void> asked) {
        synchronized (known) {
            known.remove(key, asked);
        }
    }

    /** A call has shown that what is known of a node may be wrong. */
    void forget(NodeId peer, String service, String version, ServiceModel model) {
        synchronized (known) {
            known.remove(new Key(peer, service, version, model.hash()));
        }
    }
}
