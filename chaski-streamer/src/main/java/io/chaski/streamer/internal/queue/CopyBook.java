package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.JobState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What keepers know of the jobs of a ledger, and what they are to be told. A machine without I/O; times are milliseconds of the clock of the
 * queue. As long as they do not say that they have a word it is said again, one word about a job at a time, so that the last one that comes is
 * the last that was said. Confined to the thread of the queue; as large as the ledger, and as what has ended since keepers took a word.
 */
final class CopyBook {

    /** Sixteen of the largest jobs are as much as a node lets wait for keepers. */
    static final int MAX_UNDER_WAY = 16;

    static final long FIRST_PAUSE_MILLIS = 1_000;

    static final long LONGEST_PAUSE_MILLIS = 30_000;

    /** What came of a word. */
    enum Answer {
        /** As many keepers as are wanted have it. */
        KEPT,
        /** Some may have it. */
        UNKNOWN,
        /** Nobody has it. */
        UNSENT,
        /** Nobody has it, nor will: no topic takes it. */
        HOPELESS
    }

    /** Takes what is decided. */
    interface Voice {

        /** Tells keepers what has become of a job; {@link #onAnswer} is told what came of that, later. */
        void say(UUID job);

        /** What is to be known of a job is known; or, if it is nothing, perhaps not yet. */
        void settled(UUID job, boolean isCopied);
    }

    /** What there is to be known of a job. */
    private enum Word {
        JOB,
        DEAD_LETTER,
        NOTHING;

        static Word of(Optional<JobEntry> job) {
            return job.filter(JobEntry::isLeft)
                    .map(left -> left.state == JobState.DEAD ? DEAD_LETTER : JOB)
                    .orElse(NOTHING);
        }
    }

    private static final class Copy {
        private Word wanted = Word.NOTHING;
        private @Nullable Word known;
        private @Nullable Word underWay;

        /** Keepers may know something, apart from the word that is under way. */
        private boolean isSaid;
    }

    private final Voice voice;
    private final Map<UUID, Copy> copies = new HashMap<>();
    private final Map<UUID, Copy> due = new LinkedHashMap<>();
    private int underWay;
    private long pauseMillis;
    private long quietUntilMillis = Long.MIN_VALUE;

    /** What has ended since the reading of copies began, which shows it as it was before; null while nothing is read. */
    private @Nullable Set<UUID> endedMeanwhile;

    CopyBook(Voice voice) {
        this.voice = voice;
    }

    /** A job that was there before, of which keepers may know something else. */
    void begin(JobEntry job) {
        Copy copy = new Copy();
        copy.isSaid = true;
        copies.put(job.id, copy);
        onChanged(job.id, Optional.of(job));
    }

    /** What is kept here of a job has changed. */
    void onChanged(UUID job, Optional<JobEntry> now) {
        Word word = Word.of(now);
        if (word == Word.NOTHING && !copies.containsKey(job)) {
            return;
        }
        Copy copy = copies.computeIfAbsent(job, any -> new Copy());
        copy.wanted = word;
        if (word == Word.NOTHING) {
            voice.settled(job, false);
            if (endedMeanwhile != null) {
                endedMeanwhile.add(job);
            }
        }
        settle(job, copy);
    }

    private void settle(UUID job, Copy copy) {
        due.remove(job);
        if (copy.underWay != null) {
            return; // what keepers know is not known
        }
        boolean isOver = copy.wanted == Word.NOTHING && (!copy.isSaid || copy.known == Word.NOTHING);
        if (isOver) {
            copies.remove(job);
        } else if (copy.wanted == copy.known) {
            voice.settled(job, true);
        } else {
            due.put(job, copy);
        }
    }

    /** What came of the last word about a job. */
    void onAnswer(UUID job, Answer answer, long nowMillis) {
        Copy copy = copies.get(job);
        if (copy == null || copy.underWay == null) {
            throw new IllegalStateException("nothing was said about " + job);
        }
        underWay--;
        if (answer == Answer.HOPELESS) {
            copies.remove(job); // until something else becomes of it
            voice.settled(job, false);
            return;
        }
        if (answer != Answer.UNSENT) {
            copy.isSaid = true;
            copy.known = answer == Answer.KEPT ? copy.underWay : null;
        }
        copy.underWay = null;
        if (answer == Answer.KEPT) {
            pauseMillis = 0;
        } else if (nowMillis >= quietUntilMillis) { // once for all that were under way
            pauseMillis = Math.min(Math.max(FIRST_PAUSE_MILLIS, 2 * pauseMillis), LONGEST_PAUSE_MILLIS);
            quietUntilMillis = nowMillis + pauseMillis;
        }
        settle(job, copy);
    }

    /** Says what is due. */
    void onTime(long nowMillis) {
        while (nowMillis >= quietUntilMillis && underWay < MAX_UNDER_WAY && !due.isEmpty()) {
            Map.Entry<UUID, Copy> next = due.entrySet().iterator().next();
            UUID job = next.getKey();
            Copy copy = next.getValue();
            due.remove(job);
            copy.underWay = copy.wanted;
            underWay++;
            voice.say(job);
        }
    }

    /** When {@link #onTime} has something to do next; {@link JobEntry#NEVER} if it has not. */
    long nextMillis() {
        return due.isEmpty() || underWay >= MAX_UNDER_WAY ? JobEntry.NEVER : quietUntilMillis;
    }

    /** Whether keepers know a job, or a dead letter, as it is; empty if there is nothing to be known. */
    Optional<Boolean> isCopied(UUID job) {
        Copy copy = copies.get(job);
        return copy == null || copy.wanted == Word.NOTHING ? Optional.empty() : Optional.of(copy.wanted == copy.known);
    }

    // ---- reading

    /** Copies will be read; false if they are being read. */
    boolean beginReading() {
        if (endedMeanwhile != null) {
            return false;
        }
        endedMeanwhile = new HashSet<>();
        copies.forEach((job, copy) -> {
            if (copy.wanted == Word.NOTHING) {
                endedMeanwhile.add(job);
            }
        });
        return true;
    }

    /** Copies were read: gives those that have ended nevertheless. */
    Set<UUID> endReading() {
        Set<UUID> ended = endedMeanwhile == null ? Set.of() : endedMeanwhile;
        endedMeanwhile = null;
        return ended;
    }
}
