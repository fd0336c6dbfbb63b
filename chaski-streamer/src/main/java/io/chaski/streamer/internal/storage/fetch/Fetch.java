package io.chaski.streamer.internal.storage.fetch;

import io.chaski.core.NodeId;
import io.chaski.core.stream.NodeStreams;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.FetchOptions;
import io.chaski.streamer.FetchResult;
import io.chaski.streamer.FetchResult.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks several nodes for one key at once and gets the value from the first that offers it; if that one fails, or falls
 * silent, from the next. Thread-safe.
 */
public final class Fetch {

    private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);

    /** Who sends nothing for this part of the time left is given up for somebody who offers the entry as well. */
    private static final int PATIENCE_PART = 3;

    /** Not less: near the deadline there is nobody left to gain. */
    private static final long SHORTEST_PATIENCE_NANOS = Duration.ofMillis(100).toNanos();

    /** Not more: the others that offer it wait no longer than a minute, see {@link Owner}. */
    private static final long LONGEST_PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

    private final FetchOptions options;
    private final EntryMaker maker;
    private final CompletableFuture<FetchResult> result = new CompletableFuture<>();

    private final List<Asker> askers = new ArrayList<>(); // this and the following: guarded by this
    private final Deque<Asker> offering = new ArrayDeque<>();
    private final Map<NodeId, Answer> answers = new LinkedHashMap<>();
    private @Nullable Asker chosen;
    private @Nullable CompletableFuture<Void> patience;
    private boolean isDone;
    private long deadlineNanos;

    /** Makes what the program gets. */
    @FunctionalInterface
    public interface EntryMaker {

        /**
         * The result of a fetch that found something.
         *
         * @param owner who had it
         * @param contentType how it is encoded
         * @param value the encoded value
         * @param remainingMillis how long it has still to live; {@link Long#MAX_VALUE} for ever
         * @param answers of all that have answered
         */
        FetchResult found(
                NodeId owner, String contentType, byte[] value, long remainingMillis, Map<NodeId, Answer> answers);
    }

    /**
     * Prepares a fetch.
     *
     * @param options how
     * @param maker makes what the program gets
     */
    public Fetch(FetchOptions options, EntryMaker maker) {
        this.options = options;
        this.maker = maker;
    }

    /**
     * Asks.
     *
     * @param streams of the asking node
     * @param key what for
     * @param owners whom
     * @return the result; whoever completes it, by cancellation or otherwise, ends the exchanges
     */
    public CompletableFuture<FetchResult> ask(NodeStreams streams, String key, List<NodeId> owners) {
        if (owners.isEmpty()) {
            result.complete(FetchResult.without(Map.of()));
            return result;
        }
        synchronized (this) {
            deadlineNanos = System.nanoTime() + options.deadline().toNanos();
            for (NodeId owner : owners) {
                askers.add(new Asker(owner, options.take(), options.maxBytes(), this::onOffer, this::onSettled));
            }
        }
        StreamOptions.Builder question =
                StreamOptions.builder().header(EntryProtocol.KEY_HEADER, key).deadline(options.deadline());
        if (options.take()) {
            question.header(EntryProtocol.TAKE_HEADER, "");
        }
        for (Asker asker : List.copyOf(askers)) {
            open(streams, question.build(), asker);
        }
        var unused = result.whenComplete((found, failure) -> end());
        return result;
    }

    private static void open(NodeStreams streams, StreamOptions question, Asker asker) {
        var unused = streams.open(asker.owner(), EntryProtocol.PROTOCOL, question, asker)
                .whenComplete((stream, failure) -> {
                    if (stream != null) {
                        asker.onOpen(stream);
                    } else {
                        asker.onFailure(failure instanceof StreamException e ? e.code() : StreamCode.INTERNAL);
                    }
                });
    }

    private void onOffer(Asker asker) {
        synchronized (this) {
            if (chosen != null) {
                offering.add(asker);
                return;
            }
            chosen = asker;
        }
        want(asker);
    }

    private void want(Asker asker) {
        asker.want();
        watch(asker);
    }

    private void watch(Asker asker) {
        int before = asker.receivedBytes();
        CompletableFuture<Void> timer;
        synchronized (this) {
            if (isDone || asker != chosen) {
                return;
            }
            long part = (deadlineNanos - System.nanoTime()) / PATIENCE_PART;
            long nanos = Math.min(LONGEST_PATIENCE_NANOS, Math.max(SHORTEST_PATIENCE_NANOS, part));
            timer = new CompletableFuture<Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
            patience = timer;
        }
        var unused = timer.thenRunAsync(() -> onPatienceOver(asker, before));
    }

    private void onPatienceOver(Asker asker, int before) {
        boolean hasOther;
        synchronized (this) {
            if (isDone || asker != chosen) {
                return;
            }
            hasOther = !offering.isEmpty();
        }
        if (!hasOther || !asker.giveUp(before)) {
            watch(asker);
        }
    }

    private void onSettled(Asker asker, Answer answer) {
        Asker next = null;
        FetchResult outcome = null;
        synchronized (this) {
            answers.put(asker.owner(), answer);
            offering.remove(asker);
            if (answer == Answer.FOUND) {
                EntryProtocol.Offer offer = asker.offer();
                outcome = maker.found(
                        asker.owner(), offer.contentType(), asker.value(), offer.remainingMillis(), answers);
            } else if (answer == Answer.UNCERTAIN || answers.size() == askers.size()) {
                outcome = FetchResult.without(answers);
            } else if (asker == chosen) {
                next = offering.poll();
                chosen = next;
            }
        }
        if (outcome != null) {
            end();
            if (!result.complete(outcome) && options.take() && answer == Answer.FOUND) {
                LOG.warn(
                        "an entry that was taken from the node {} is lost, nobody waits for it any more",
                        asker.owner());
            }
        } else if (next != null) {
            want(next);
        }
    }

    private void end() {
        List<Asker> open;
        synchronized (this) {
            if (isDone) {
                return;
            }
            isDone = true;
            if (patience != null) {
                patience.cancel(false);
            }
            open = askers.stream()
                    .filter(asker -> !answers.containsKey(asker.owner()))
                    .toList();
        }
        open.forEach(Asker::cancel);
    }
}
