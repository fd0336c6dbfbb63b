package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The files that are being received or wait for their turn. Of what one sender offers for one name, one after the other is
 * received, in order, so the last one stays; and one after the other what several offer as the same file for one name, so
 * the second finds it there. Thread-safe.
 */
final class Transfers {

    private final FileOptions options;
    private final Set<Transfer> all = new LinkedHashSet<>();
    private final Set<Transfer> running = new LinkedHashSet<>();
    private final Map<NodeId, Integer> runningBySender = new HashMap<>();
    private final Set<Object> busy = new LinkedHashSet<>();
    private final WaitingLine<Transfer> waiting;
    private boolean isClosed;

    /** Something that two transfers must not do at a time. */
    private record FileAtPlace(Manifest manifest, Path path) {}

    private record SenderAtPlace(NodeId sender, Path path) {}

    Transfers(FileOptions options) {
        this.options = options;
        this.waiting = new WaitingLine<>(options.waiting());
    }

    /** Takes a transfer, perhaps in the place of one that waits; false if no more fit, or it is too late. */
    boolean submit(Transfer transfer) {
        boolean isFirst;
        Optional<Transfer> displaced = Optional.empty();
        synchronized (this) {
            NodeId sender = senderOf(transfer);
            isFirst = mayRun(transfer);
            if (isClosed || !isFirst && !waiting.hasPlace(sender)) {
                return false;
            }
            transfer.prepare(); // only queued here, and before another thread can find it in the line and start it
            all.add(transfer);
            if (isFirst) {
                run(transfer);
            } else {
                displaced = waiting.add(sender, transfer);
            }
        }
        displaced.ifPresent(Transfer::displace);
        if (isFirst) {
            transfer.start();
        }
        return true;
    }

    private static NodeId senderOf(Transfer transfer) {
        return transfer.incoming().sender();
    }

    private static List<Object> placesOf(Transfer transfer) {
        Incoming incoming = transfer.incoming();
        Path path = transfer.destination().directory().resolve(incoming.offer().name());
        return List.of(new FileAtPlace(incoming.manifest(), path), new SenderAtPlace(incoming.sender(), path));
    }

    private boolean mayRun(Transfer transfer) {
        return running.size() < options.transfers()
                && runningBySender.getOrDefault(senderOf(transfer), 0) < options.transfersPerPeer()
                && placesOf(transfer).stream().noneMatch(busy::contains);
    }

    private void run(Transfer transfer) {
        running.add(transfer);
        busy.addAll(placesOf(transfer));
        runningBySender.merge(senderOf(transfer), 1, Integer::sum);
    }

    /** A transfer has ended; others take its place. */
    void onEnded(Transfer transfer) {
        List<Transfer> next = new ArrayList<>();
        synchronized (this) {
            all.remove(transfer);
            notifyAll();
            waiting.remove(senderOf(transfer), transfer);
            if (running.remove(transfer)) {
                placesOf(transfer).forEach(busy::remove);
                runningBySender.computeIfPresent(senderOf(transfer), (sender, count) -> count > 1 ? count - 1 : null);
            }
            boolean isMore = true;
            while (isMore && running.size() < options.transfers()) {
                Optional<Transfer> first =
                        waiting.next(sender -> runningBySender.getOrDefault(sender, 0), this::mayRun);
                first.ifPresent(this::run);
                first.ifPresent(next::add);
                isMore = first.isPresent();
            }
        }
        next.forEach(Transfer::start);
    }

    /** Ends all, and takes no more. */
    void close() {
        List<Transfer> left;
        synchronized (this) {
            isClosed = true;
            left = List.copyOf(all);
        }
        left.forEach(Transfer::close);
    }

    /** Whether no more are taken. */
    synchronized boolean isClosed() {
        return isClosed;
    }

    /** Waits until all have ended; whether they have. */
    synchronized boolean awaitEnd(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        long left = nanos;
        while (!all.isEmpty() && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
        return all.isEmpty();
    }

    /** What the running transfers will still write. */
    synchronized long promisedBytes() {
        return running.stream().mapToLong(Transfer::missingBytes).sum();
    }

    /** How many wait for their turn. */
    synchronized int waiting() {
        return all.size() - running.size();
    }

    synchronized List<Transfer> running() {
        return List.copyOf(running);
    }
}
