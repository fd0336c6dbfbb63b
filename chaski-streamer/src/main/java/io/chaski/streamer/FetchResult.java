package io.chaski.streamer;

import io.chaski.core.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a fetch. Immutable.
 *
 * @param answer the outcome: {@code FOUND} if one node had it; otherwise the first of {@code UNCERTAIN},
 *     {@code TOO_LARGE}, {@code REFUSED} and {@code UNREACHABLE} that one has answered, because the entry may be there;
 *     otherwise {@code NOT_FOUND}, or {@code NOT_SERVED} if no node shares a storage; {@code UNREACHABLE} also if there
 *     was nobody to ask
 * @param entry what was found
 * @param owner where it was found
 * @param answers of each node that had answered when the outcome was known
 */
public record FetchResult(
        Answer answer, Optional<StorageEntry> entry, Optional<NodeId> owner, Map<NodeId, Answer> answers) {

    /** In this order an answer says more about the outcome than those behind it. */
    private static final List<Answer> WITHOUT_ENTRY = List.of(
            Answer.UNCERTAIN,
            Answer.TOO_LARGE,
            Answer.REFUSED,
            Answer.UNREACHABLE,
            Answer.NOT_FOUND,
            Answer.NOT_SERVED);

    /** What a node has answered. */
    public enum Answer {
        /** It had the entry. */
        FOUND,
        /** It has none for the key, or somebody else took it. */
        NOT_FOUND,
        /** It shares no storage. */
        NOT_SERVED,
        /** It does not let this node have the entry, whether there is one or not. */
        REFUSED,
        /** It could not be reached, did not answer in time, or was too busy. If it was to be taken, it still has it. */
        UNREACHABLE,
        /** It has the entry, which is larger than the options of the fetch accept. */
        TOO_LARGE,
        /**
         * The entry was to be taken, and the connection, or the owner's disk, failed at the last word: it may have been
         * removed, and is lost.
         */
        UNCERTAIN
    }

    /** Copies the answers. */
    public FetchResult {
        answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    }

    /**
     * The result of a fetch that found nothing.
     *
     * @param answers of each node that was asked
     */
    public static FetchResult without(Map<NodeId, Answer> answers) {
        Answer outcome = WITHOUT_ENTRY.stream()
                .filter(answers::containsValue)
                .findFirst()
                .orElse(Answer.UNREACHABLE);
        return new FetchResult(outcome, Optional.empty(), Optional.empty(), answers);
    }
}
