package io.chaski.streamer.internal.keep;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.durable.TopicStore;
import io.chaski.streamer.internal.thread.QueuedOnce;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The cursor of a subscriber that has a name, in a store. What is written is written again while the store is busy. Under one name
 * the store has how far the subscriber is with each source; under the other what it may have been given beyond that, and a mark
 * that is there as long as the subscriber is open. If it is there before, the process was killed.
 */
final class StoredCursor implements Cursor {

    /** How many bytes it needs beside the name of the subscriber. */
    static final int PREFIX_BYTES = 2;

    /** How many messages of a source may be handled, and its cursor not yet on disk. */
    private static final int MAX_UNSURE = 64;

    /** Those come again after a kill, and the one that the handler had. */
    static final int MAX_DOUBTFUL = MAX_UNSURE + 1;

    /** With what may have been given of each, four subscribers fit into a store; those that cannot have as many make do with less. */
    static final int MAX_SOURCES = 2_048;

    private static final int MAX_UNDER_WAY = 64;

    private static final Duration RETRY = Duration.ofMillis(100);

    /** A node that closes has as long. */
    static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    static final String DONE = "c:";
    static final String DOUBT = "o:";

    /** Whose sources are no sources, but what is remembered besides. */
    static final NodeId NOBODY = new NodeId(0, 0);

    private final String name;
    private final TopicStore store;
    private final ModuleNode module;
    private final Executor turns;
    private final Counters counters;
    private final Listener listener;
    private final Key open;

    /** Its value is above the epochs of all sources that were forgotten. There from the beginning: it must be there to make room. */
    private final Key forgotten;

    /** Its value is the time at which the subscriber has begun; there only if that is not the beginning. */
    private final Key begun;

    private final Reading reading;
    private final Map<Key, Long> onDisk = new HashMap<>();
    private final Map<Key, Long> wanted = new LinkedHashMap<>();
    private final Map<Key, Long> underWay = new HashMap<>();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final QueuedOnce settling;

    /** The sources that have, or will have, a place in the store; the one that has moved last is the last one. */
    private final Set<Source> placed = new LinkedHashSet<>();

    /** What is forgotten when something else is on disk. */
    private final List<Parting> partings = new ArrayList<>();

    private int mostSources = MAX_SOURCES;
    private long forgottenBelow;
    private boolean isWaiting;
    private @Nullable Throwable problem;
    private boolean hasFailed;
    private @Nullable Closing closing;

    private record Key(String consumer, Source source) {}

    /** A source is forgotten when a key has a value on disk. */
    private record Parting(Source source, Key key, long value) {}

    private record Answer(Key key, long value, @Nullable Throwable failure) {}

    /** What is still to be done until it is closed. */
    private static final class Closing {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final Map<Source, Long> doubts;
        final boolean isPatient;
        boolean areDoubtsWritten;
        boolean isMarkRemoved;

        Closing(Map<Source, Long> doubts, boolean isPatient) {
            this.doubts = doubts;
            this.isPatient = isPatient;
        }
    }

    /**
     * Reads what the store has; {@link #begin} follows.
     *
     * @param name of the subscriber
     * @param turns one at a time, also when the node has closed
     */
    StoredCursor(DurableNode hub, TopicStore store, String name, Executor turns, Listener listener) {
        this.name = name;
        this.store = store;
        this.module = hub.module();
        this.counters = hub.counters();
        this.turns = turns;
        this.listener = listener;
        this.open = new Key(DOUBT + name, new Source(NOBODY, 0));
        this.forgotten = new Key(DONE + name, new Source(NOBODY, 1));
        this.begun = new Key(DONE + name, new Source(NOBODY, 2));
        this.settling = new QueuedOnce(turns, this::onAnswers);
        load(DONE + name);
        load(DOUBT + name);
        this.reading = read();
        reading.beginAt(HybridTimestamp.ofPacked(onDisk.getOrDefault(begun, 0L)));
    }

    private void load(String consumer) {
        store.cursor(consumer).forEach((source, value) -> onDisk.put(new Key(consumer, source), value));
    }

    private Reading read() {
        boolean wasKilled = onDisk.containsKey(open);
        Map<Source, Long> done = new HashMap<>();
        Map<Source, Long> doubts = new HashMap<>();
        onDisk.forEach((key, value) -> {
            Source source = key.source;
            if (source.origin().equals(NOBODY)) {
                return;
            }
            placed.add(source);
            if (key.consumer.startsWith(DONE)) {
                done.put(source, value);
            } else {
                doubts.put(source, value);
            }
        });
        if (wasKilled) {
            placed.stream()
                    .filter(source -> done.getOrDefault(source, 0L) != Reading.PASSED)
                    .forEach(source -> doubts.merge(source, done.getOrDefault(source, 0L) + MAX_DOUBTFUL, Math::max));
        }
        List<Source> inOrder = new ArrayList<>(placed);
        inOrder.sort((one, other) ->
                Long.compare(one.epoch(), other.epoch())); // the last to start is the last to have moved
        placed.clear();
        placed.addAll(inOrder);
        Map<Source, Long> doneInOrder = new LinkedHashMap<>();
        inOrder.stream().filter(done::containsKey).forEach(source -> doneInOrder.put(source, done.get(source)));
        return new Reading(doneInOrder, doubts, done.isEmpty() && !wasKilled, onDisk.getOrDefault(forgotten, 0L));
    }

    /** Marks that the subscriber is open. */
    @Override
    public void begin(HybridTimestamp from) {
        if (from.packed() > 0 && !onDisk.containsKey(begun)) {
            reading.beginAt(from);
            set(begun, from.packed());
        }
        set(open, 1);
        set(forgotten, Math.max(1, onDisk.getOrDefault(forgotten, 0L)));
    }

    @Override
    public Reading reading() {
        return reading;
    }

    // ---- what may be given

    @Override
    public boolean mayGive(Source source, long sequence) {
        settle();
        boolean isOpen = onDisk.containsKey(open)
                && onDisk.containsKey(forgotten)
                && onDisk.containsKey(begun) == reading.isFromAnInstant();
        if (hasFailed || !isOpen) {
            return false;
        }
        Key done = new Key(DONE + name, source);
        Key first = new Key(DOUBT + name, source);
        long stored = onDisk.getOrDefault(done, 0L);
        boolean isCertain = sequence <= stored + MAX_DOUBTFUL && (stored > 0 || onDisk.containsKey(first));
        if (!isCertain && stored == 0) {
            if (sequence > 1) {
                place(source);
                set(done, Math.max(sequence - 1, wanted.getOrDefault(done, 0L)));
            } else if (!underWay.containsKey(first)) {
                place(source);
                set(first, Math.max(1, reading.doubt(source)));
            }
        }
        return isCertain;
    }

    @Override
    public void onHandled(Source source, long sequence) {
        place(source);
        set(new Key(DONE + name, source), sequence);
    }

    private void place(Source source) {
        placed.remove(source);
        placed.add(source);
        makeRoom();
    }

    /** Forgets those of which nothing has come for longest, when it is on disk that some are. */
    private void makeRoom() {
        if (placed.size() <= mostSources) {
            return;
        }
        forgottenBelow = Math.max(1, Math.max(forgottenBelow, onDisk.getOrDefault(forgotten, 0L)));
        while (placed.size() > mostSources) {
            Iterator<Source> eldest = placed.iterator();
            Source gone = eldest.next();
            eldest.remove();
            forgottenBelow = Math.max(forgottenBelow, Reading.above(gone));
            partings.add(new Parting(gone, forgotten, Reading.above(gone)));
        }
        set(forgotten, forgottenBelow);
    }

    @Override
    public void onChanges(List<Reading.Change> changes) {
        Key before = null;
        for (Reading.Change change : changes) {
            if (change.sequence() > 0) {
                before = new Key(DONE + name, change.source());
                place(change.source());
                set(before, change.sequence());
            } else {
                placed.remove(change.source());
                if (before == null) {
                    forget(change.source());
                } else {
                    partings.add(new Parting(change.source(), before, Reading.PASSED));
                    part(before);
                }
            }
        }
    }

    private void forget(Source source) {
        if (!placed.contains(source)) { // otherwise it has come again meanwhile
            set(new Key(DONE + name, source), 0);
            set(new Key(DOUBT + name, source), 0);
        }
    }

    // ---- writing

    /** Zero is no value. */
    private void set(Key key, long value) {
        if (underWay.containsKey(key) || onDisk.getOrDefault(key, 0L) != value) {
            wanted.put(key, value);
            write();
        } else {
            wanted.remove(key);
            onWritten(key);
        }
    }

    private void write() {
        if (isWaiting || hasFailed || underWay.size() >= MAX_UNDER_WAY) {
            return;
        }
        List<Key> next = new ArrayList<>();
        for (Key key : wanted.keySet()) {
            if (!underWay.containsKey(key) && underWay.size() + next.size() < MAX_UNDER_WAY) {
                next.add(key);
            }
        }
        for (Key key : next) {
            long value = wanted.getOrDefault(key, 0L);
            wanted.remove(key);
            underWay.put(key, value);
            var unused = write(key, value).whenComplete((nothing, failure) -> {
                answers.add(new Answer(key, value, failure));
                settling.request();
            });
        }
    }

    private CompletableFuture<Void> write(Key key, long value) {
        if (value > 0) {
            return store.advance(key.consumer, key.source, value);
        }
        boolean isLast = key.equals(open)
                && onDisk.keySet().stream()
                        .noneMatch(other -> other.consumer.equals(key.consumer) && !other.equals(key));
        return isLast ? store.forget(key.consumer) : store.forget(key.consumer, key.source);
    }

    private void onAnswers() {
        settle();
        listener.onReady();
    }

    private void settle() {
        for (Answer answer = answers.poll(); answer != null && !hasFailed; answer = answers.poll()) {
            settle(answer);
        }
        write();
        goOnClosing();
    }

    private void settle(Answer answer) {
        underWay.remove(answer.key);
        if (answer.failure == null) {
            if (answer.value > 0) {
                onDisk.merge(answer.key, answer.value, Math::max);
            } else {
                onDisk.remove(answer.key);
            }
            onWritten(answer.key);
            return;
        }
        Throwable cause = answer.failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : answer.failure;
        wanted.putIfAbsent(answer.key, answer.value);
        if (isWorthRepeating(cause)) {
            repeatLater(cause);
        } else {
            fail(cause);
        }
    }

    private boolean isWorthRepeating(Throwable cause) {
        if (!(cause instanceof TopicStoreException refused)) {
            return false;
        }
        if (refused.problem() == Problem.TOO_MANY && placed.size() > 1) {
            boolean isMakingRoom = !partings.isEmpty() || wanted.containsValue(0L) || underWay.containsValue(0L);
            if (!isMakingRoom) {
                mostSources = placed.size() / 2;
                makeRoom();
            }
            return true;
        }
        return refused.problem() == Problem.BUSY;
    }

    private void repeatLater(Throwable cause) {
        problem = cause;
        if (isWaiting) {
            return;
        }
        isWaiting = true;
        counters.add(Counters.CURSORS_LATE);
        if (closing != null && !closing.isPatient) {
            giveUp();
            return;
        }
        boolean isLater = module.after(
                RETRY,
                () -> turns.execute(() -> {
                    isWaiting = false;
                    settle();
                }));
        if (!isLater) {
            fail(cause); // the node has closed
        }
    }

    private void onWritten(Key key) {
        part(key);
        boolean isDone = key.consumer.startsWith(DONE) && onDisk.getOrDefault(key, 0L) > 0;
        if (isDone && closing == null) {
            set(new Key(DOUBT + name, key.source), doubtBehind(key));
        }
    }

    private void part(Key key) {
        if (partings.isEmpty()) {
            return;
        }
        List<Parting> due = partings.stream()
                .filter(each -> each.key.equals(key) && onDisk.getOrDefault(key, 0L) >= each.value)
                .toList();
        partings.removeAll(due);
        due.forEach(each -> forget(each.source));
    }

    /** What may have been given beyond the cursor by a process before this one stays until it is passed. */
    private long doubtBehind(Key done) {
        long doubt = onDisk.getOrDefault(new Key(DOUBT + name, done.source), 0L);
        return doubt > onDisk.getOrDefault(done, 0L) ? doubt : 0;
    }

    private void fail(Throwable cause) {
        if (hasFailed) {
            return;
        }
        hasFailed = true;
        Closing ending = closing;
        if (ending != null) {
            ending.done.completeExceptionally(cause);
        } else {
            listener.onFailed(cause);
        }
    }

    // ---- the end

    @Override
    public CompletableFuture<Void> close(Map<Source, Long> doubts, boolean isPatient) {
        Closing ending = new Closing(doubts, isPatient);
        closing = ending;
        if (isPatient) {
            module.after(CLOSE_LIMIT, () -> turns.execute(this::giveUp));
        } else if (isWaiting) {
            giveUp();
        }
        settle();
        return ending.done;
    }

    private void giveUp() {
        Closing ending = closing;
        if (ending != null && !ending.done.isDone()) {
            String limit = ending.isPatient ? "within " + CLOSE_LIMIT.toSeconds() + " s" : "as the node closed";
            fail(new TopicStoreException(
                    Problem.BUSY,
                    "the cursor of " + name + " was not stored " + limit + "; what it was given last may come again",
                    problem));
        }
    }

    /** First what was handled, then what is in doubt, then the mark. */
    private void goOnClosing() {
        Closing ending = closing;
        while (ending != null && !hasFailed && !ending.isMarkRemoved && wanted.isEmpty() && underWay.isEmpty()) {
            if (!ending.areDoubtsWritten) {
                ending.areDoubtsWritten = true;
                for (Source source : placed) {
                    set(new Key(DOUBT + name, source), ending.doubts.getOrDefault(source, 0L));
                }
            } else {
                ending.isMarkRemoved = true;
                set(open, 0);
            }
        }
        if (ending != null
                && ending.isMarkRemoved
                && !onDisk.containsKey(open)
                && underWay.isEmpty()
                && wanted.isEmpty()) {
            ending.done.complete(null);
        }
    }
}
