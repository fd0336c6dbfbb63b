package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/** Takes the streams of those who pull files from this node, within bounds. Thread-safe. */
final class Serving implements StreamHandler {

    /** A file descriptor each. */
    static final int MAX_SESSIONS = 512;

    /** What one node with the default options, or a few times as large ones, opens. */
    static final int MAX_SESSIONS_PER_PEER = 64;

    private static final StreamListener REFUSED = (stream, message) -> {};

    private final Holdings holdings;
    private final Executor threads;
    private final Map<NodeId, Integer> sessions = new HashMap<>();
    private int allSessions;

    Serving(Holdings holdings, Executor threads) {
        this.holdings = holdings;
        this.threads = threads;
    }

    @Override
    public StreamListener onStream(Stream stream) {
        NodeId peer = stream.peer();
        synchronized (sessions) {
            int open = sessions.getOrDefault(peer, 0);
            if (open >= MAX_SESSIONS_PER_PEER || allSessions >= MAX_SESSIONS) {
                stream.reset(StreamCode.LIMIT, "too many files at a time");
                return REFUSED;
            }
            sessions.put(peer, open + 1);
            allSessions++;
        }
        return new ServingSession(stream, holdings, new SerialExecutor(threads), () -> onEnded(peer));
    }

    private void onEnded(NodeId peer) {
        synchronized (sessions) {
            sessions.computeIfPresent(peer, (id, open) -> open > 1 ? open - 1 : null);
            allSessions--;
        }
    }
}
