package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The workers that there are streams to: how much room each has, and whose turn it is. Confined to the ledger. */
final class ReadyWorkers {

    /** A worker that says it has more room has as much. */
    private static final int MAX_FREE = 1_024;

    private static final class Session {
        private int free;
        private long sent;
        private long received;
        private boolean isSettled;

        /** For how many jobs there is room behind those that are on their way. */
        private long room() {
            return free - (sent - received);
        }
    }

    private final Map<NodeId, Session> sessions = new LinkedHashMap<>();

    /** Those with room, who is next first. */
    private final LinkedHashSet<NodeId> withRoom = new LinkedHashSet<>();

    /** Without room until it says that it has some. */
    void add(NodeId worker) {
        sessions.put(worker, new Session());
        withRoom.remove(worker);
    }

    /** Whether it was there. */
    boolean remove(NodeId worker) {
        withRoom.remove(worker);
        return sessions.remove(worker) != null;
    }

    /** Whether a worker may have received so many jobs. */
    boolean canHaveReceived(NodeId worker, long received) {
        Session session = sessions.get(worker);
        return session == null || (received <= session.sent && received >= session.received);
    }

    /** Whether it is the first time that it says so on this stream. */
    boolean onReady(NodeId worker, int free, long received) {
        Session session = sessions.get(worker);
        if (session == null) {
            return false;
        }
        boolean isFirst = !session.isSettled;
        session.isSettled = true;
        session.free = Math.min(free, MAX_FREE);
        session.received = received;
        noteRoom(worker, session);
        return isFirst;
    }

    private void noteRoom(NodeId worker, Session session) {
        if (session.room() > 0) {
            withRoom.add(worker);
        } else {
            withRoom.remove(worker);
        }
    }

    /** Whose turn it is to get a job, of those who may, which takes room; nobody if there is none. */
    Optional<NodeId> takeRoom(Predicate<NodeId> may) {
        Optional<NodeId> next = withRoom.stream().filter(may).findFirst();
        next.ifPresent(worker -> {
            withRoom.remove(worker); // and behind the others again
            Session session = sessions.get(worker);
            if (session != null) {
                session.sent++;
                noteRoom(worker, session);
            }
        });
        return next;
    }

    int size() {
        return sessions.size();
    }
}
