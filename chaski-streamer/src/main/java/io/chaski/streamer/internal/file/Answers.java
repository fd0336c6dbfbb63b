package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FilePush;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What has been answered to pushes that are not looked at again: for good, or until they have rested, because a disk that
 * was full may have room by then. No I/O; time is an argument. Confined to its acceptor's lock.
 */
final class Answers {

    /** The files that one publisher may offer on a topic at a time. */
    static final int MAX_PER_SENDER = Exchange.MAX_PUSHES;

    /** Five such publishers, at some 200 bytes each. Beyond that those are forgotten whose sender was silent the longest. */
    static final int MAX_ANSWERS = 5 * MAX_PER_SENDER;

    /** A push that failed is tried again after this, then after twice as long, up to 64 times. */
    static final Duration FIRST_REST = Duration.ofSeconds(10);

    private static final int MOST_DOUBLINGS = 6;

    /** A repeated offer is answered again, but not faster than this: all receivers hear it. */
    static final Duration SAID_AGAIN_AFTER = Duration.ofSeconds(5);

    /** An answer, as it was said. */
    record Answer(Manifest manifest, FilePush.State state, String problem, String detail) {}

    private static final class Given {
        private final Answer answer;
        private final int tries;
        private final boolean isFinal;
        private final long restsUntilNanos;
        private long saidNanos;
        private boolean isAskedFor;

        private Given(Answer answer, int tries, boolean isFinal, long nowNanos, long restNanos) {
            this.answer = answer;
            this.tries = tries;
            this.isFinal = isFinal;
            this.restsUntilNanos = nowNanos + restNanos;
            this.saidNanos = nowNanos;
        }
    }

    /** Silent senders first. */
    private final Map<NodeId, Map<Long, Given>> bySender = new LinkedHashMap<>(16, 0.75f, true);

    private int size;
    private boolean isAnyResting;

    /** The push needs no second look, whatever it says. */
    void settle(Destination.Push push, Answer answer, long nowNanos) {
        put(push, new Given(answer, 1, true, nowNanos, 0));
    }

    /** The push may be looked at again later. */
    void rest(Destination.Push push, Answer answer, long nowNanos) {
        Given before = bySender.getOrDefault(push.sender(), Map.of()).get(push.id());
        int tries = before == null ? 0 : before.tries;
        long restNanos = FIRST_REST.toNanos() << Math.min(tries, MOST_DOUBLINGS);
        put(push, new Given(answer, tries + 1, false, nowNanos, restNanos));
        isAnyResting = true;
    }

    private void put(Destination.Push push, Given given) {
        Map<Long, Given> ofSender = bySender.computeIfAbsent(push.sender(), any -> new LinkedHashMap<>());
        if (ofSender.put(push.id(), given) == null) {
            size++;
        }
        if (ofSender.size() > MAX_PER_SENDER) {
            ofSender.remove(ofSender.keySet().iterator().next());
            size--;
        }
        Iterator<Map.Entry<NodeId, Map<Long, Given>>> silent =
                bySender.entrySet().iterator();
        while (size > MAX_ANSWERS && silent.hasNext()) {
            Map.Entry<NodeId, Map<Long, Given>> first = silent.next();
            if (!first.getKey().equals(push.sender())) {
                size -= first.getValue().size();
                silent.remove();
            }
        }
    }

    /** Whether the push is not to be looked at now. */
    boolean isAnswered(Destination.Push push, long nowNanos) {
        Given given = bySender.getOrDefault(push.sender(), Map.of()).get(push.id());
        return given != null && (given.isFinal || nowNanos - given.restsUntilNanos < 0);
    }

    /** What to say to an offer that is repeated, because the first answer may have been lost; empty if it was said just now. */
    Optional<Answer> again(Destination.Push push, long nowNanos) {
        Given given = bySender.getOrDefault(push.sender(), Map.of()).get(push.id());
        if (given == null || nowNanos - given.saidNanos < SAID_AGAIN_AFTER.toNanos()) {
            return Optional.empty();
        }
        given.saidNanos = nowNanos;
        return Optional.of(given.answer);
    }

    /** Whether a push has rested since this was asked last, so that it is worth asking what is offered. */
    boolean hasRested(long nowNanos) {
        if (!isAnyResting) {
            return false;
        }
        boolean hasRested = false;
        isAnyResting = false;
        for (Map<Long, Given> ofSender : bySender.values()) {
            for (Given given : ofSender.values()) {
                boolean isRested = nowNanos - given.restsUntilNanos >= 0;
                if (!given.isFinal && isRested && !given.isAskedFor) {
                    given.isAskedFor = true;
                    hasRested = true;
                }
                isAnyResting |= !given.isFinal && !isRested;
            }
        }
        return hasRested;
    }
}
