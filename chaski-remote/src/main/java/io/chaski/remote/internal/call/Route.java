package io.chaski.remote.internal.call;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that a call tries, in turn: one that has said no is out, and any other has its turn again when all have been tried.
 * Confined to one thread at a time.
 */
final class Route {

    private Iterator<Candidate> candidates;
    private final Predicate<Candidate> isUnlikely;

    /** Those that have said no a moment ago, to another call. Small at first, as what follows: mostly the first candidate is the last. */
    private final Deque<Candidate> unlikely = new ArrayDeque<>(1);

    private final Deque<Candidate> again = new ArrayDeque<>(1);
    private final Set<Candidate> tried = new HashSet<>(2);
    private @Nullable Candidate current;

    /**
     * Nobody was tried.
     *
     * @param candidates in the order in which they are tried; of these, asked for one only when it is its turn
     * @param isUnlikely who is tried after the others
     */
    Route(Iterator<Candidate> candidates, Predicate<Candidate> isUnlikely) {
        this.candidates = candidates;
        this.isUnlikely = isUnlikely;
    }

    /**
     * Goes to the next one.
     *
     * @return whether there is one; what the candidates throw goes through, and the others remain
     */
    boolean advance() {
        current = next();
        return current != null;
    }

    private @Nullable Candidate next() {
        while (candidates.hasNext()) {
            Candidate next = candidates.next();
            if (!isUnlikely.test(next)) {
                return next;
            }
            unlikely.add(next);
        }
        Candidate next = unlikely.poll();
        return next == null ? again.poll() : next;
    }

    /** Whose turn it is, and notes that it has been tried. */
    Candidate take() {
        Candidate candidate = current();
        tried.add(candidate);
        return candidate;
    }

    private Candidate current() {
        return Objects.requireNonNull(current, "only after an advance that found one");
    }

    /** Whether the one whose turn it is was tried before. */
    boolean isRepeated() {
        return tried.contains(current());
    }

    /**
     * Looks again who there is, before somebody is tried again: who has come meanwhile goes first.
     *
     * @param now in the order in which they are tried, all of which are asked for; what it throws goes through, and nothing has changed then
     */
    void renew(Iterator<Candidate> now) {
        List<Candidate> untried = new ArrayList<>();
        now.forEachRemaining(candidate -> {
            if (!tried.contains(candidate)) {
                untried.add(candidate);
            }
        });
        if (!untried.isEmpty()) {
            again.addFirst(current());
            candidates = untried.iterator();
            current = next();
        }
    }

    /** It may end otherwise there, later. */
    void keep() {
        again.add(current());
    }
}
