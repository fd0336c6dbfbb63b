package io.chaski.ca.internal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Files in memory that know what a power failure leaves: contents as of the last force, names as of the last force of
 * their directory, and of what came after nothing, all, or by chance some, cut off anywhere. Counts the operations that
 * change something, and ends the power at one of them, or fails it. Not thread-safe.
 */
public final class SimulatedDisk implements Disk {

    private static final int BLOCK_BYTES = 4 << 10;

    private final Map<Path, Content> names = new TreeMap<>();
    private final Map<Path, Content> forcedNames = new TreeMap<>();
    private int operations;
    private int openFiles;
    private int powerEndsAt = Integer.MAX_VALUE;
    private int failsAt = Integer.MAX_VALUE;
    private final List<String> trace = new ArrayList<>();

    /** The machine is off: nothing catches this but the test. */
    public static final class PowerFailure extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What becomes of what was not forced. */
    public enum Loss {
        ALL,
        NONE,
        SOME
    }

    private static final class Content {
        private byte[] now = {};
        private byte[] forced = {};
        private final List<Write> unforced = new ArrayList<>();
    }

    /** Bytes at a position; a truncation if there are none. */
    private static final class Write {
        private final int position;
        private final byte[] bytes;

        Write(long position, byte[] bytes) {
            this.position = Math.toIntExact(position);
            this.bytes = bytes;
        }
    }

    /** Counts from 0 again, and ends the power in the given operation. */
    public void endPowerAt(int operation) {
        operations = 0;
        powerEndsAt = operation;
    }

    /** Counts from 0 again, and lets the given operation fail; nothing of it happens. */
    public void failAt(int operation) {
        operations = 0;
        failsAt = operation;
    }

    /** How many operations that change something there were since counting began. */
    public int operations() {
        return operations;
    }

    /** How many files are open. */
    public int openFiles() {
        return openFiles;
    }

    /** What was done, for the message of a failed test. */
    public List<String> trace() {
        return trace;
    }

    /** What is found when the power is back. */
    public SimulatedDisk afterPowerFailure(Loss loss, Random random) {
        SimulatedDisk after = new SimulatedDisk();
        namesAfter(loss, random).forEach((path, content) -> {
            Content left = new Content();
            left.forced = content.forced;
            for (Write write : content.unforced) {
                if (loss == Loss.NONE) {
                    left.forced = apply(left.forced, write);
                } else if (loss == Loss.SOME && random.nextBoolean()) {
                    boolean isTruncation = write.bytes.length == 0;
                    int kept = random.nextInt(write.bytes.length + 1);
                    if (isTruncation || kept > 0) {
                        left.forced = apply(left.forced, new Write(write.position, Arrays.copyOf(write.bytes, kept)));
                    }
                }
            }
            left.now = left.forced;
            after.names.put(path, left);
            after.forcedNames.put(path, left);
        });
        return after;
    }

    /** Each change of a name survives or not, whatever becomes of those before it. */
    private Map<Path, Content> namesAfter(Loss loss, Random random) {
        if (loss != Loss.SOME) {
            return loss == Loss.NONE ? names : forcedNames;
        }
        Map<Path, Content> left = new TreeMap<>(forcedNames);
        Set<Path> all = new TreeSet<>(names.keySet());
        all.addAll(forcedNames.keySet());
        for (Path path : all) {
            if (names.get(path) == forcedNames.get(path) || random.nextBoolean()) {
                continue;
            }
            if (names.containsKey(path)) {
                left.put(path, names.get(path));
            } else {
                left.remove(path);
            }
        }
        return left;
    }

    /**
     * What is found when disk or cache write blocks of 4 KiB, and the power has ended while they did so: of each block of
     * the file that was being written nothing can be read, also not what was there before. The rest is as it was forced.
     */
    public SimulatedDisk afterTornBlocks(Path file, Random random) {
        SimulatedDisk after = afterPowerFailure(Loss.ALL, random);
        Content torn = after.names.get(file);
        for (Write write : names.get(file).unforced) {
            int start = write.position / BLOCK_BYTES * BLOCK_BYTES;
            int last = (write.position + write.bytes.length - 1) / BLOCK_BYTES * BLOCK_BYTES;
            byte[] garbage = new byte[Math.max(1, Math.min(torn.now.length, last + BLOCK_BYTES) - start)];
            random.nextBytes(garbage);
            torn.now = apply(torn.now, new Write(start, garbage));
        }
        torn.forced = torn.now;
        return after;
    }

    /** What the next process finds when only this one ended: everything, forced or not. */
    public SimulatedDisk afterKill() {
        SimulatedDisk after = new SimulatedDisk();
        after.names.putAll(names);
        after.forcedNames.putAll(forcedNames);
        return after;
    }

    /** Content of a file, to look at or to damage. */
    public byte[] content(Path file) {
        return names.get(file).now.clone();
    }

    /** Puts a file there. */
    public void put(Path file, byte[] bytes) {
        Content content = new Content();
        content.now = bytes.clone();
        content.forced = content.now;
        names.put(file, content);
        forcedNames.put(file, content);
    }

    /** All names. */
    public List<Path> files() {
        return List.copyOf(names.keySet());
    }

    private static byte[] apply(byte[] content, Write write) {
        if (write.bytes.length == 0) {
            return Arrays.copyOf(content, write.position);
        }
        byte[] written = Arrays.copyOf(content, Math.max(content.length, write.position + write.bytes.length));
        System.arraycopy(write.bytes, 0, written, write.position, write.bytes.length);
        return written;
    }

    private void step(String what) throws IOException {
        trace.add(operations + " " + what);
        if (operations == powerEndsAt) {
            throw new PowerFailure();
        }
        boolean fails = operations == failsAt;
        operations++;
        if (fails) {
            throw new IOException("Input/output error");
        }
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        step("directory " + directory);
        if (names.containsKey(directory)) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        // Whoever makes a directory forces the one around it; here that is taken as done.
        names.put(directory, new Content());
        forcedNames.put(directory, new Content());
    }

    @Override
    public boolean exists(Path path) {
        return names.containsKey(path);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        step("create " + file);
        if (names.containsKey(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Content content = new Content();
        names.put(file, content);
        return new OpenFile(file, content);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        Content content = names.get(file);
        if (content == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new OpenFile(file, content);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        step("move " + from + " to " + to);
        Content content = names.remove(from);
        if (content == null) {
            throw new NoSuchFileException(from.toString());
        }
        names.put(to, content);
    }

    @Override
    public void deleteIfExists(Path file) throws IOException {
        if (names.containsKey(file)) {
            step("delete " + file);
            names.remove(file);
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step("force names in " + directory);
        forcedNames.keySet().removeIf(path -> directory.equals(path.getParent()));
        names.forEach((path, content) -> {
            if (directory.equals(path.getParent())) {
                forcedNames.put(path, content);
            }
        });
    }

    @Override
    public Closeable lock(Path file) {
        return () -> {};
    }

    private final class OpenFile implements DiskFile {
        private final Path path;
        private final Content content;
        private boolean isOpen = true;

        OpenFile(Path path, Content content) {
            openFiles++;
            this.path = path;
            this.content = content;
        }

        @Override
        public long size() {
            return content.now.length;
        }

        @Override
        public byte[] read(long position, int maxBytes) {
            int start = (int) Math.min(position, content.now.length);
            return Arrays.copyOfRange(content.now, start, Math.min(content.now.length, start + maxBytes));
        }

        @Override
        public void write(long position, byte[] bytes) throws IOException {
            Write write = new Write(position, bytes.clone());
            if (operations == powerEndsAt) {
                change(write); // begun, so some of it may be there
            }
            step("write " + bytes.length + " bytes at " + position + " of " + path);
            change(write);
        }

        private void change(Write write) {
            content.now = apply(content.now, write);
            content.unforced.add(write);
        }

        @Override
        public void truncate(long size) throws IOException {
            step("truncate " + path + " to " + size);
            change(new Write(size, new byte[0]));
        }

        /** One that fails loses what it was to force, and the next one does not try again, as on Linux. */
        @Override
        public void force() throws IOException {
            try {
                step("force " + path);
            } catch (IOException e) {
                content.unforced.clear();
                throw e;
            }
            content.unforced.forEach(write -> content.forced = apply(content.forced, write));
            content.unforced.clear();
        }

        @Override
        public void close() {
            openFiles -= isOpen ? 1 : 0;
            isOpen = false;
        }
    }
}
