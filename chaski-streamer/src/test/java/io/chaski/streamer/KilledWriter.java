package io.chaski.streamer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The process that is killed: threads that write to a storage and say so once a write has returned. What thread {@code t} does in
 * its step {@code i} is known to everybody, so the parent can tell from the last acknowledged step what must be in the file.
 */
final class KilledWriter {

    static final int THREADS = 4;

    /** Slots of a thread: each is written again and again. */
    static final int SLOTS = 40;

    private KilledWriter() {}

    static String key(int thread, int slot) {
        return "t" + thread + "/" + slot;
    }

    private static boolean isDelete(int step) {
        return step % 7 == 3;
    }

    /** From some bytes to several pages. */
    private static String value(int step) {
        return step + ":" + "x".repeat(step * 37 % 9_000);
    }

    /** What a slot has after a number of steps. */
    static Optional<String> expected(int slot, int steps) {
        int last = steps - 1 - Math.floorMod(steps - 1 - slot, SLOTS);
        return last < 0 || isDelete(last) ? Optional.empty() : Optional.of(value(last));
    }

    /** Argument: the file. Is told the first step of each thread. */
    public static void main(String[] arguments) throws IOException {
        StorageOptions options = StorageOptions.DEFAULTS; // loads most classes
        KilledLives.live(first -> {
            Storage storage = Storage.open(Path.of(arguments[0]), options);
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                int step = Integer.parseInt(first[t]);
                new Thread(() -> write(storage, thread, step)).start();
            }
        });
    }

    private static void write(Storage storage, int thread, int first) {
        for (int step = first; ; step++) {
            String key = key(thread, step % SLOTS);
            if (isDelete(step)) {
                storage.delete(key);
            } else {
                storage.put(key, value(step), Storage.FOREVER);
            }
            KilledLives.say(thread + " " + step);
        }
    }
}
