package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FilePush;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;

/** A receiver without a network, threads and time of its own: everything happens when the test says so. Not thread-safe. */
final class Receiving {

    final ScriptedSources sources = new ScriptedSources();
    final TransferContext context;
    final Transfers transfers;
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final Queue<Runnable> heldHashing = new ArrayDeque<>();
    private boolean isHashingHeld;
    private Runnable onQueued = () -> {};
    private long nowNanos;

    /** One who accepts files, what it has been told, and what it has told others. */
    static final class Party implements Destination.Voice {
        final List<FileEvent> events = new ArrayList<>();
        final List<Announcement.Status> said = new ArrayList<>();
        final Destination destination;
        final Acceptor acceptor;

        private final Consumer<String> log;

        private Party(Receiving receiving, Path directory, FilePolicy policy, Consumer<String> log) {
            this.log = log;
            Disk disk = receiving.context.disk();
            destination = Destination.of(directory, disk, new FileEvents(this::onEvent, Runnable::run), this);
            acceptor = new Acceptor(destination, policy, receiving.context, receiving.transfers);
        }

        private void onEvent(FileEvent event) {
            log.accept(event.getClass().getSimpleName());
            events.add(event);
        }

        @Override
        public void status(Announcement.Status status) {
            log.accept(status.state().name());
            said.add(status);
        }

        @Override
        public void want(Manifest manifest) {}

        FileEvent last() {
            return events.get(events.size() - 1);
        }

        List<FilePush.State> states() {
            return said.stream().map(Announcement.Status::state).toList();
        }
    }

    Receiving(FileOptions options, Disk disk) {
        context = new TransferContext(
                sources,
                options,
                disk,
                new Room(disk, options),
                new Holdings(),
                new HashedFiles(),
                this::queue,
                this::queue,
                this::queueHashing,
                this::queue,
                () -> nowNanos,
                new Random(1),
                new FileCounters(),
                new NoPolicies());
        transfers = new Transfers(options);
    }

    /** With room for everything. */
    Receiving() {
        this(FileOptions.builder().keepFree(0, 0).build(), new Disk());
    }

    /**
     * Accepts files.
     *
     * @param directory a real one
     */
    Party accept(Path directory, FilePolicy policy) {
        return accept(directory, policy, step -> {});
    }

    /**
     * As {@link #accept(Path, FilePolicy)}.
     *
     * @param log gets the names of what it is told and tells, in order
     */
    Party accept(Path directory, FilePolicy policy, Consumer<String> log) {
        return new Party(this, directory, policy, log);
    }

    static Incoming offer(NodeId sender, long pushId, Manifest manifest, String name) {
        return new Incoming("t", sender, "", new Announcement.Offer(pushId, manifest, name, Map.of()));
    }

    private void queue(Runnable task) {
        threads.add(task);
        onQueued.run();
    }

    private void queueHashing(Runnable task) {
        if (isHashingHeld) {
            heldHashing.add(task);
        } else {
            queue(task);
        }
    }

    /** From now on what comes is not hashed as a whole, as on a disk that does not answer. */
    void holdHashing() {
        isHashingHeld = true;
    }

    /** It is again, as is what has come since. */
    void goOnHashing() {
        isHashingHeld = false;
        heldHashing.forEach(this::queue);
        heldHashing.clear();
    }

    /** From now on other threads do this between any two steps: whenever something is queued. */
    void betweenSteps(Runnable others) {
        onQueued = others;
    }

    /** Does what there is to do now. */
    void work() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    /** Lets time pass, as steadily as the ticker of an exchange. */
    void pass(Duration time) {
        work();
        pass(time, this::work);
    }

    /** Lets time pass for the ticker, while whoever calls this holds up everything else. */
    void stall(Duration time) {
        pass(time, () -> {});
    }

    private void pass(Duration time, Runnable afterTick) {
        long endNanos = nowNanos + time.toNanos();
        long stepNanos = Duration.ofMillis(100).toNanos();
        while (nowNanos < endNanos) {
            nowNanos += Math.min(stepNanos, endNanos - nowNanos);
            transfers.running().forEach(Transfer::tick);
            afterTick.run();
        }
    }
}
