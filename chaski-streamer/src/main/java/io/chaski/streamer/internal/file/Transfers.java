package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The files that are being received or wait for their turn, first come first served but for busy senders. Thread-safe. */
final class Transfers {

    /** One transfer for a file in a place, whoever offers it; of two claims about one hash one is a lie. */
    private record Key(Manifest manifest, String name, Path directory) {
        static Key of(Incoming incoming, Path directory) {
            return new Key(incoming.manifest(), incoming.offer().name(), directory);
        }
    }

    private final FileOptions options;
    private final Map<Key, Transfer> all = new LinkedHashMap<>();
    private final Map<NodeId, Integer> runningBySender = new HashMap<>();
    private final Map<Key, Transfer> running = new LinkedHashMap<>();
    private final Map<Key, Transfer> waiting = new LinkedHashMap<>();

    Transfers(FileOptions options) {
        this.options = options;
    }

    /** The transfer that has such an offer in hand already. */
    synchronized Optional<Transfer> find(Incoming incoming, Path directory) {
        return Optional.ofNullable(all.get(Key.of(incoming, directory)));
    }

    /** Takes a transfer; false if no more fit, or the same file is on its way to the same place already. */
    boolean submit(Transfer transfer) {
        boolean isFirst;
        synchronized (this) {
            Key key = Key.of(transfer.incoming(), transfer.destination().directory());
            isFirst = mayRun(transfer);
            if (all.containsKey(key) || !isFirst && waiting.size() >= options.waiting()) {
                return false;
            }
            all.put(key, transfer);
            if (isFirst) {
                run(key, transfer);
            } else {
                waiting.put(key, transfer);
            }
        }
        transfer.prepare();
        if (isFirst) {
            transfer.start();
        }
        return true;
    }

    private boolean mayRun(Transfer transfer) {
        return running.size() < options.transfers()
                && runningBySender.getOrDefault(transfer.incoming().sender(), 0) < options.transfersPerPeer();
    }

    private void run(Key key, Transfer transfer) {
        running.put(key, transfer);
        runningBySender.merge(transfer.incoming().sender(), 1, Integer::sum);
    }

    /** A transfer has ended; others take its place. */
    void onEnded(Transfer transfer) {
        List<Transfer> next = new ArrayList<>();
        synchronized (this) {
            Key key = Key.of(transfer.incoming(), transfer.destination().directory());
            all.remove(key, transfer);
            notifyAll();
            waiting.remove(key, transfer);
            if (running.remove(key, transfer)) {
                runningBySender.computeIfPresent(
                        transfer.incoming().sender(), (id, count) -> count > 1 ? count - 1 : null);
            }
            Iterator<Map.Entry<Key, Transfer>> left = waiting.entrySet().iterator();
            while (left.hasNext() && running.size() < options.transfers()) {
                Map.Entry<Key, Transfer> first = left.next();
                if (mayRun(first.getValue())) {
                    left.remove();
                    run(first.getKey(), first.getValue());
                    next.add(first.getValue());
                }
            }
        }
        next.forEach(Transfer::start);
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
        return running.values().stream().mapToLong(Transfer::missingBytes).sum();
    }

    synchronized List<Transfer> running() {
        return List.copyOf(running.values());
    }

    synchronized List<Transfer> all() {
        return List.copyOf(all.values());
    }
}
