package io.chaski.streamer.internal.storage.fetch;

import io.chaski.core.NodeId;
import io.chaski.core.stream.NodeStreams;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.FetchOptions;
import io.chaski.streamer.FetchResult;
import io.chaski.streamer.FetchResult.Answer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks several nodes for one key at once and gets the value from the first that offers it; if that one fails, from the
 * next. Thread-safe.
 */
public final class Fetch {

    private final FetchOptions options;
    private final EntryMaker maker;
    private final CompletableFuture<FetchResult> result = new CompletableFuture<>();

    private final List<Asker> askers = new ArrayList<>(); // this and the following: guarded by this
    private final Deque<Asker> offering = new ArrayDeque<>();
    private final Map<NodeId, Answer> answers = new LinkedHashMap<>();
    private @Nullable Asker chosen;
    private boolean isDone;

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
     * @return the result; its cancellation ends the exchanges
     */
    public CompletableFuture<FetchResult> ask(NodeStreams streams, String key, List<NodeId> owners) {
        if (owners.isEmpty()) {
            result.complete(FetchResult.without(Map.of()));
            return result;
        }
        synchronized (this) {
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
        var unused = result.whenComplete((found, failure) -> {
            if (result.isCancelled()) {
                end();
            }
        });
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
        asker.want();
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
            result.complete(outcome);
        } else if (next != null) {
            next.want();
        }
    }

    private void end() {
        List<Asker> open;
        synchronized (this) {
            if (isDone) {
                return;
            }
            isDone = true;
            open = askers.stream()
                    .filter(asker -> !answers.containsKey(asker.owner()))
                    .toList();
        }
        open.forEach(Asker::cancel);
    }
}
