package io.chaski.streamer.internal.queue;

import io.chaski.core.codec.PayloadCodec;
import io.chaski.streamer.internal.thread.SerialExecutor;
import io.chaski.streamer.work.DoNotRetryException;
import io.chaski.streamer.work.Job;
import io.chaski.streamer.work.JobHandler;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueueOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the handler of a worker, each task on a thread of its own, as many as the worker has places. Thread-safe. */
final class Tasks<J, R extends @Nullable Object> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tasks.class);

    private final QueueType<J, R> type;
    private final JobHandler<J, R> handler;
    private final BiConsumer<TaskKey, TaskOutcome> onFinished;
    private final ThreadPoolExecutor threads;
    private final Map<TaskKey, Running> running = new ConcurrentHashMap<>();

    /**
     * No thread yet.
     *
     * @param onFinished hears of each task that was started, once, on any thread
     */
    Tasks(QueueType<J, R> type, int places, JobHandler<J, R> handler, BiConsumer<TaskKey, TaskOutcome> onFinished) {
        this(type, places, handler, onFinished, daemons("chaski-work-" + type.name()));
    }

    Tasks(
            QueueType<J, R> type,
            int places,
            JobHandler<J, R> handler,
            BiConsumer<TaskKey, TaskOutcome> onFinished,
            ThreadFactory factory) {
        this.type = type;
        this.handler = handler;
        this.onFinished = onFinished;
        // The queue holds what a thread takes that is about to return from the task before.
        this.threads =
                new ThreadPoolExecutor(places, places, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** If the machine has no thread for it, it begins when there is one: the queue does not fail for that. */
    void start(TaskKey key, int attempt, byte[] payload) {
        Running task = new Running(key, attempt, payload);
        running.put(key, task);
        new SerialExecutor(threads).execute(task);
    }

    void interrupt(TaskKey key) {
        Running task = running.get(key);
        if (task != null) {
            task.interrupt();
        }
    }

    /** Lets the threads end when their tasks have. */
    @Override
    public void close() {
        threads.shutdown();
    }

    /** One task. An interruption reaches its handler, also if it comes before, and nothing that the thread does afterwards. */
    private final class Running implements Runnable {
        private final TaskKey key;
        private final int attempt;
        private final byte[] payload;
        private @Nullable Thread thread; // guarded by this
        private boolean isInterrupted; // guarded by this

        Running(TaskKey key, int attempt, byte[] payload) {
            this.key = key;
            this.attempt = attempt;
            this.payload = payload;
        }

        synchronized void interrupt() {
            isInterrupted = true;
            if (thread != null) {
                thread.interrupt();
            }
        }

        private synchronized void begin() {
            thread = Thread.currentThread();
            if (isInterrupted) {
                thread.interrupt();
            }
        }

        private synchronized void end() {
            thread = null;
            boolean unused = Thread.interrupted(); // of this task, not of the next
        }

        @Override
        public void run() {
            TaskOutcome outcome = TaskOutcome.failed(AttemptFailure.THROWN, "the handler died");
            begin();
            try {
                outcome = outcome();
            } finally {
                end();
                running.remove(key);
                onFinished.accept(key, outcome);
            }
        }

        private TaskOutcome outcome() {
            Job<J> job;
            try {
                job = new Job<>(
                        key.job(),
                        Codecs.job(type, payload),
                        attempt,
                        key.submitter().node());
            } catch (RuntimeException e) { // of the codec, which may be the application's
                LOG.debug("{}: a job cannot be read", key, e);
                return TaskOutcome.failed(
                        AttemptFailure.UNREADABLE, "no " + type.jobType().getTypeName() + ": " + e.getMessage());
            }
            R result;
            try {
                result = handler.handle(job);
            } catch (DoNotRetryException e) {
                return TaskOutcome.failed(AttemptFailure.FINAL, String.valueOf(e.getMessage()));
            } catch (Throwable e) {
                // The application's code: whatever it throws is the outcome of the attempt, and told.
                LOG.debug("{}: the handler failed", key, e);
                return TaskOutcome.failed(AttemptFailure.THROWN, e.toString());
            }
            return encoded(result);
        }

        private TaskOutcome encoded(R result) {
            PayloadCodec codec = type.codec();
            try {
                byte[] bytes = codec.encode(result, type.resultType());
                return bytes.length <= WorkQueueOptions.MAX_PAYLOAD_BYTES
                        ? TaskOutcome.done(bytes)
                        : TaskOutcome.failed(AttemptFailure.RESULT, "a result of " + bytes.length + " bytes");
            } catch (RuntimeException e) { // of the codec, as above
                LOG.debug("{}: a result cannot be encoded", key, e);
                return TaskOutcome.failed(AttemptFailure.RESULT, "the result cannot be encoded: " + e.getMessage());
            }
        }
    }
}
