package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a queue: takes all inputs that wait, keeps what has changed, once for all of them, and only then does what follows,
 * so that inputs share the price of a sync and nothing is said that the disk does not have. Thread-safe.
 */
final class QueueThread {

    private static final Logger LOG = LoggerFactory.getLogger(QueueThread.class);

    /** More gain nothing from a shared sync, and what follows the first waits for the last. */
    private static final int MAX_INPUTS = 256;

    static final int MAX_OFFERED = 1_024;

    /** What happens on the thread beside the inputs. */
    interface Turn {

        /** After some inputs, or none: does what is due, and keeps what has changed. Returns how long nothing will be due. */
        long onInputs();

        /** The last call: the queue is closed, by somebody or by a failure. */
        void onEnd(@Nullable Throwable failure);
    }

    /** Somebody waits for an answer. */
    private static final class Question<V> {
        private final CompletableFuture<V> answer = new CompletableFuture<>();
    }

    private final BlockingQueue<Runnable> inputs = new LinkedBlockingQueue<>();
    private final AtomicInteger offered = new AtomicInteger();
    private final List<Runnable> effects = new ArrayList<>(); // of the thread
    private final Set<Question<?>> questions = ConcurrentHashMap.newKeySet();
    private final String what;
    private final Thread thread;
    private volatile boolean isEnding;
    private volatile boolean isEnded;

    QueueThread(String what, Turn turn) {
        this.what = what;
        this.thread = new Thread(() -> run(turn), "chaski-" + what.replace(' ', '-'));
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Something has happened. Never waits; nothing comes of it once the queue is closed. */
    void tell(Runnable input) {
        inputs.add(input);
        if (isEnded) {
            inputs.clear(); // nobody takes it any more
        }
    }

    /**
     * As {@link #tell}, for what anybody may send without end: false if {@value #MAX_OFFERED} of that kind wait already, for a slow disk
     * perhaps.
     */
    boolean offer(Runnable input) {
        if (offered.incrementAndGet() > MAX_OFFERED) {
            offered.decrementAndGet();
            return false;
        }
        tell(() -> {
            offered.decrementAndGet();
            input.run();
        });
        return true;
    }

    /** Of the thread: what to do once everything that has changed is kept. */
    void then(Runnable effect) {
        effects.add(effect);
    }

    /**
     * Asks, or changes, something; what has changed is kept when this returns.
     *
     * @throws IllegalStateException if the queue is closed, or if this thread itself asks, which would wait for ever
     * @throws CancellationException if the caller is interrupted, which it then still is
     */
    <V> V ask(Supplier<V> question) {
        Question<V> asked = begin(question);
        try {
            return answerTo(asked);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for " + what);
        } finally {
            questions.remove(asked);
        }
    }

    /**
     * As {@link #ask}, for callers who have to know whether it is done: they wait for that however often they are interrupted, and are
     * interrupted afterwards. It takes as long as this thread takes for its disk.
     *
     * @throws IllegalStateException as in {@link #ask}
     */
    <V> V askPatiently(Supplier<V> question) {
        Question<V> asked = begin(question);
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return answerTo(asked);
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } finally {
            questions.remove(asked);
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <V> Question<V> begin(Supplier<V> question) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException(
                    "the thread of " + what + " must not wait for itself: callbacks that wait for a queue need a "
                            + "callback executor with threads of its own");
        }
        Question<V> asked = new Question<>();
        questions.add(asked);
        tell(() -> answer(question, asked.answer));
        if (isEnded) {
            failQuestions();
        }
        return asked;
    }

    private <V> V answerTo(Question<V> asked) throws InterruptedException {
        try {
            return asked.answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ChaskiException failure) {
                throw failure;
            }
            throw new IllegalStateException(what + " is closed", e.getCause());
        }
    }

    private <V> void answer(Supplier<V> question, CompletableFuture<V> answer) {
        try {
            V value = question.get();
            then(() -> answer.complete(value));
        } catch (ChaskiException refusal) {
            answer.completeExceptionally(refusal);
        }
    }

    private void failQuestions() {
        IllegalStateException closed = new IllegalStateException(what + " is closed");
        questions.forEach(question -> question.answer.completeExceptionally(closed));
    }

    private void run(Turn turn) {
        Throwable failure = null;
        try {
            long idleMillis = 0;
            while (!isEnding) {
                takeInputs(idleMillis);
                idleMillis = turn.onInputs();
                List<Runnable> now = List.copyOf(effects);
                effects.clear();
                now.forEach(Runnable::run);
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            // The last line of defence, and a disk that fails: what is known may be wrong from here on.
            LOG.error("{} is closed, because it failed", what, e);
            failure = e;
        } finally {
            effects.clear();
            isEnded = true;
            end(turn, failure);
        }
    }

    private void end(Turn turn, @Nullable Throwable failure) {
        try {
            turn.onEnd(failure);
        } finally {
            inputs.clear();
            failQuestions();
        }
    }

    private void takeInputs(long idleMillis) throws InterruptedException {
        Runnable input = inputs.poll(idleMillis, TimeUnit.MILLISECONDS);
        for (int taken = 0; input != null; taken++) {
            input.run();
            input = taken < MAX_INPUTS ? inputs.poll() : null;
        }
    }

    /** Ends after the inputs that wait, and does not wait for that. */
    void end() {
        tell(() -> isEnding = true);
    }

    /** Waits until it has ended, however often the caller is interrupted. */
    void awaitEnd() {
        boolean isInterrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true; // the file must be free when this returns, and that takes a bounded time
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
