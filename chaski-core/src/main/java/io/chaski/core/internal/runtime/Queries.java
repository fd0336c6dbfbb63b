package io.chaski.core.internal.runtime;

import io.chaski.core.Diagnosis;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.NodeSnapshot.QueueSnapshot;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.internal.protocol.NodeProtocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Questions that only the loop can answer, for threads that wait for the answer. Thread-safe. */
final class Queries {

    /** The loop answers within microseconds; one that takes this long hangs. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String nodeName;
    private final NodeLoop loop;
    private final ApplicationSide application;

    /** Once there is one, it is the answer for ever. */
    private volatile @Nullable NodeSnapshot last;

    /**
     * Questions to one loop.
     *
     * @param nodeName label of the node
     * @param loop who answers
     * @param application what the loop does not know; goes into each snapshot
     */
    Queries(String nodeName, NodeLoop loop, ApplicationSide application) {
        this.nodeName = nodeName;
        this.loop = loop;
        this.application = application;
    }

    /** The part of a node that is not on the loop. Asked by the thread that takes the snapshot. */
    interface ApplicationSide {
        /** What waits for callbacks. */
        List<QueueSnapshot> queues();

        /** What was dropped or failed; names of a fixed set. */
        Map<String, Long> counters();
    }

    private interface Question<A> {
        A answer(NodeProtocol protocol, long nowNanos);
    }

    /** The state of the node, or its last one. */
    NodeSnapshot snapshot() {
        try {
            return snapshot(LIMIT_NANOS);
        } catch (InterruptedException interrupted) {
            throw cancelled();
        }
    }

    /**
     * As above, for somebody in a hurry.
     *
     * @param limitNanos longest to wait for the loop
     * @throws InterruptedException if the caller is interrupted
     */
    NodeSnapshot snapshot(long limitNanos) throws InterruptedException {
        NodeSnapshot remembered = last;
        if (remembered != null) {
            return remembered;
        }
        try {
            NodeSnapshot taken = ask(NodeProtocol::snapshot, limitNanos);
            return withQueues(taken);
        } catch (NodeClosedException closed) {
            remembered = last; // it closed between the two looks
            if (remembered != null) {
                return remembered;
            }
            throw closed;
        }
    }

    /**
     * Why a topic is alone, or that it is not.
     *
     * @param topic its name
     */
    Diagnosis diagnose(String topic) {
        try {
            return ask((protocol, nowNanos) -> protocol.diagnose(topic, nowNanos), LIMIT_NANOS);
        } catch (InterruptedException interrupted) {
            throw cancelled();
        }
    }

    /**
     * The node is closed, and this is what remains.
     *
     * @param remains the last snapshot that could be taken
     */
    void close(NodeSnapshot remains) {
        last = new NodeSnapshot(
                remains.id(),
                remains.name(),
                remains.cluster(),
                remains.epoch(),
                NodeSnapshot.State.CLOSED,
                remains.addresses(),
                List.of(),
                List.of(),
                remains.topics().stream().map(Queries::withoutNeighbours).toList(),
                List.of(),
                countersWith(remains));
    }

    /** A closed node has no edges; what its topics have counted stays readable. */
    private static NodeSnapshot.TopicSnapshot withoutNeighbours(NodeSnapshot.TopicSnapshot topic) {
        return new NodeSnapshot.TopicSnapshot(
                topic.name(),
                false,
                List.of(),
                List.of(),
                0,
                topic.sources(),
                topic.published(),
                topic.delivered(),
                topic.duplicates(),
                topic.missing(),
                0,
                0,
                NodeSnapshot.Rates.NONE,
                Optional.empty(),
                0);
    }

    private NodeSnapshot withQueues(NodeSnapshot taken) {
        return new NodeSnapshot(
                taken.id(),
                taken.name(),
                taken.cluster(),
                taken.epoch(),
                taken.state(),
                taken.addresses(),
                taken.edges(),
                taken.reconnecting(),
                taken.topics(),
                application.queues(),
                countersWith(taken));
    }

    private Map<String, Long> countersWith(NodeSnapshot taken) {
        Map<String, Long> counters = new TreeMap<>(taken.counters());
        application.counters().forEach((name, count) -> counters.merge(name, count, Math::max));
        return counters;
    }

    /** What the application hears, which is not made to declare the other exception. */
    private static CancellationException cancelled() {
        Thread.currentThread().interrupt();
        return new CancellationException("interrupted while waiting for the event loop");
    }

    private <A> A ask(Question<A> question, long limitNanos) throws InterruptedException {
        if (loop.inAnyLoop()) {
            throw new IllegalStateException("this call waits, and the event loop must not: use a callback");
        }
        CompletableFuture<A> answer = new CompletableFuture<>();
        boolean isAsked = loop.execute((protocol, nowNanos) -> {
            try {
                answer.complete(question.answer(protocol, nowNanos));
            } catch (RuntimeException | Error bug) {
                answer.completeExceptionally(bug);
                throw bug; // the loop logs it, whoever asked hears it as well
            }
        });
        if (!isAsked) {
            throw new NodeClosedException(nodeName);
        }
        if (!loop.await(answer, limitNanos)) {
            if (loop.isClosing()) {
                throw new NodeClosedException(nodeName); // the loop ended with the question in its queue
            }
            throw new RequestTimeoutException(
                    "an answer of the event loop of node " + nodeName + ", which is busy",
                    Duration.ofNanos(limitNanos));
        }
        try {
            return answer.join();
        } catch (CompletionException failed) {
            throw new IllegalStateException("the event loop could not answer", failed.getCause());
        }
    }
}
