package io.chaski.remote.internal.directory;

import io.chaski.core.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Those who have said that they serve nothing any more, the latest of them: a message that comes late must not bring them
 * back. Confined to one thread at a time.
 */
final class Departed {

    private record Word(long epoch, long generation) {}

    private final Map<NodeId, Word> last = new LinkedHashMap<>();

    void add(NodeId node, long epoch, long generation) {
        last.remove(node);
        last.put(node, new Word(epoch, generation));
        if (last.size() > Limits.MAX_DEPARTED) {
            last.remove(last.keySet().iterator().next());
        }
    }

    /** Whether what it says now was said before it left. */
    boolean isBefore(NodeId node, long epoch, long generation) {
        Word word = last.get(node);
        return word != null && (epoch < word.epoch || epoch == word.epoch && generation <= word.generation);
    }
}
