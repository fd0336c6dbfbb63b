package io.chaski.streamer;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.streamer.internal.storage.StoredEntry;
import io.chaski.streamer.internal.storage.fetch.Fetch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The storages that peers of a node share with {@link Storage#serve}. Needs no storage of its own. Thread-safe; ends with
 * the node.
 */
public final class PeerStorage {

    private final ChaskiNode node;

    private PeerStorage(ChaskiNode node) {
        this.node = node;
    }

    /**
     * The storages of the peers of a node.
     *
     * @param node asks them
     */
    public static PeerStorage on(ChaskiNode node) {
        return new PeerStorage(Objects.requireNonNull(node, "node"));
    }

    /**
     * Fetches a copy from any connected node.
     *
     * @param key as in {@link #fetch(String, FetchOptions)}
     */
    public CompletableFuture<FetchResult> fetch(String key) {
        return fetch(key, FetchOptions.DEFAULTS);
    }

    /**
     * Fetches an entry. All connected nodes are asked at once; the value comes from the first that offers it, and from
     * the next if that one fails or falls silent. Does not wait.
     *
     * <p>A copy leaves the entry where it is. An entry that is taken is removed by its owner, durably, before this node
     * gets it: one asker gets it, or nobody if the connection breaks at the last word
     * ({@link FetchResult.Answer#UNCERTAIN}). It is then in the memory of this node only; {@link Storage#keep} keeps it.
     *
     * @param key 1 to {@value Storage#MAX_KEY_BYTES} bytes of UTF-8
     * @param options whom to ask, how, and how long
     * @return the outcome, within the deadline; it does not fail by itself. Whoever completes it before, by
     *     {@code cancel}, {@code orTimeout} or otherwise, ends the exchange; an entry that was to be taken stays where it
     *     is, unless its last piece has arrived already: then it may be lost. Its dependents run on the callback executor
     * @throws IllegalArgumentException if the key is too long or no text
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    public CompletableFuture<FetchResult> fetch(String key, FetchOptions options) {
        Storage.checkKey(key);
        List<NodeId> owners = options.from()
                .map(List::of)
                .orElseGet(() -> node.edges().stream().map(Edge::peer).toList());
        Fetch fetch = new Fetch(
                options,
                (owner, contentType, value, remainingMillis, answers) -> found(
                        owner,
                        new StoredEntry(contentType, value, StoredEntry.NEVER),
                        remainingMillis,
                        answers,
                        options));
        return fetch.ask(node.streams(), key, owners);
    }

    private static FetchResult found(
            NodeId owner,
            StoredEntry entry,
            long remainingMillis,
            Map<NodeId, FetchResult.Answer> answers,
            FetchOptions options) {
        Duration left = remainingMillis == StoredEntry.NEVER ? Storage.FOREVER : Duration.ofMillis(remainingMillis);
        return new FetchResult(
                FetchResult.Answer.FOUND,
                Optional.of(new StorageEntry(entry, left, options.codecs())),
                Optional.of(owner),
                answers);
    }
}
