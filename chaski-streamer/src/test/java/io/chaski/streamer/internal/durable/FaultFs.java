package io.chaski.streamer.internal.durable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A disk in memory that fails on demand and writes down what happens to it, so that {@link PowerCut} can tell what a loss of
 * power at any moment would have left. Thread-safe.
 *
 * <p>A force that fails loses what it was to force, and the next one does not try again, while readers still see it: as on
 * Linux (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020, section 3).
 */
final class FaultFs implements LogDisk {

    private static final long PLENTY = 1L << 40;

    private final Map<String, Node> names = new LinkedHashMap<>(); // this and the following: guarded by this
    private final List<Step> journal = new ArrayList<>();
    private Predicate<Step> fault = step -> false;
    private long capacityBytes = PLENTY;
    private int mostBytesAtOnce = Integer.MAX_VALUE;
    private boolean failsReads;
    private boolean forgetsForces;
    private int openFiles;

    /** What happens to a disk. */
    sealed interface Step permits Created, Written, Truncated, Forced, Renamed, Deleted, NamesForced {}

    record Created(String name, Node node) implements Step {}

    record Written(Node node, int position, ByteBuffer bytes) implements Step {}

    record Truncated(Node node, int size) implements Step {}

    record Forced(Node node, boolean works) implements Step {}

    record Renamed(String from, String to, Node node) implements Step {}

    record Deleted(String name) implements Step {}

    record NamesForced(boolean works) implements Step {}

    /** A file, whatever its name. */
    static final class Node {
        private byte[] bytes;

        Node(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    FaultFs() {}

    /** A disk with these files, all of it durable. */
    FaultFs(Map<String, byte[]> files) {
        files.forEach((name, bytes) -> names.put(name, new Node(bytes.clone())));
    }

    // ---- what a test sees and does

    /** The files as readers see them. */
    synchronized Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        names.forEach((name, node) -> files.put(name, node.bytes.clone()));
        return files;
    }

    synchronized Map<String, Node> nodes() {
        return new LinkedHashMap<>(names);
    }

    synchronized List<Step> journal() {
        return List.copyOf(journal);
    }

    synchronized int steps() {
        return journal.size();
    }

    synchronized int openFiles() {
        return openFiles;
    }

    /** Steps that fail; a write then writes half of its bytes. */
    synchronized void failOn(Predicate<Step> failing) {
        fault = failing;
    }

    synchronized void failReads(boolean fails) {
        failsReads = fails;
    }

    /** Bytes that fit. */
    synchronized void capacity(long bytes) {
        capacityBytes = bytes;
    }

    synchronized void unlimited() {
        capacityBytes = PLENTY;
    }

    /** Writes and reads no more than so many bytes in one call. */
    synchronized void shorten(int bytes) {
        mostBytesAtOnce = bytes;
    }

    /** From now on it says that it has forced what it has not. */
    synchronized void forgetForces() {
        forgetsForces = true;
    }

    synchronized void flip(String name, int position, int bit) {
        names.get(name).bytes[position] ^= (byte) (1 << bit);
    }

    // ---- the disk

    private boolean happens(Step step) {
        boolean works = !fault.test(step);
        if (works) {
            journal.add(step);
        }
        return works;
    }

    private static IOException failure() {
        return new IOException("Input/output error");
    }

    private Node node(String name) throws IOException {
        Node node = names.get(name);
        if (node == null) {
            throw new FileNotFoundException(name);
        }
        return node;
    }

    @Override
    public String name() {
        return "fault";
    }

    @Override
    public synchronized List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized LogFile create(String name) throws IOException {
        Node node = new Node(new byte[0]);
        if (names.containsKey(name)) {
            throw new IOException(name + " exists");
        }
        if (!happens(new Created(name, node))) {
            throw failure();
        }
        names.put(name, node);
        return new FaultFile(node);
    }

    @Override
    public synchronized LogFile open(String name) throws IOException {
        return new FaultFile(node(name));
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        Node node = node(from);
        if (names.containsKey(to)) {
            throw new IOException(to + " exists");
        }
        if (!happens(new Renamed(from, to, node))) {
            throw failure();
        }
        names.remove(from);
        names.put(to, node);
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        node(name);
        if (!happens(new Deleted(name))) {
            throw failure();
        }
        names.remove(name);
    }

    @Override
    public synchronized void force() throws IOException {
        if (forgetsForces) {
            return;
        }
        if (!happens(new NamesForced(true))) {
            journal.add(new NamesForced(false));
            throw failure();
        }
    }

    private long usedBytes() {
        return names.values().stream().mapToLong(node -> node.bytes.length).sum();
    }

    @Override
    public synchronized long usableBytes() {
        return Math.max(0, capacityBytes - usedBytes());
    }

    @Override
    public void close() {}

    private final class FaultFile implements LogFile {

        private final Node node;
        private boolean isClosed;

        FaultFile(Node node) {
            this.node = node;
            openFiles++;
        }

        private void checkOpen() throws IOException {
            if (isClosed) {
                throw new IOException("closed");
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (FaultFs.this) {
                checkOpen();
                return node.bytes.length;
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            synchronized (FaultFs.this) {
                checkOpen();
                if (failsReads) {
                    throw failure();
                }
                int length = Math.min(
                        Math.min(into.remaining(), mostBytesAtOnce), node.bytes.length - Math.toIntExact(position));
                if (length <= 0) {
                    return -1;
                }
                into.put(node.bytes, Math.toIntExact(position), length);
                return length;
            }
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            synchronized (FaultFs.this) {
                checkOpen();
                int at = Math.toIntExact(position);
                assertThatItIsNoHole(at);
                int wanted = Math.min(from.remaining(), mostBytesAtOnce);
                Written all = written(from, at, wanted);
                if (fault.test(all)) {
                    apply(written(from, at, wanted / 2));
                    throw failure();
                }
                long growth = Math.max(0, at + wanted - node.bytes.length);
                int fitting = (int) Math.max(0, wanted - Math.max(0, growth - usableBytes()));
                if (fitting == 0) {
                    throw new IOException("No space left on device");
                }
                apply(written(from, at, fitting));
                from.position(from.position() + fitting);
                return fitting;
            }
        }

        private void assertThatItIsNoHole(int at) {
            if (at > node.bytes.length) {
                throw new AssertionError("a hole is written: " + at + " of " + node.bytes.length);
            }
        }

        private Written written(ByteBuffer from, int at, int length) {
            byte[] copy = new byte[length];
            from.duplicate().get(copy);
            return new Written(node, at, ByteBuffer.wrap(copy));
        }

        private void apply(Written step) {
            journal.add(step);
            node.bytes = overwritten(node.bytes, step.position, step.bytes, 0, step.bytes.capacity());
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (FaultFs.this) {
                checkOpen();
                if (!happens(new Truncated(node, Math.toIntExact(size)))) {
                    throw failure();
                }
                node.bytes = Arrays.copyOf(node.bytes, Math.toIntExact(size));
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (FaultFs.this) {
                checkOpen();
                if (forgetsForces) {
                    return;
                }
                if (!happens(new Forced(node, true))) {
                    journal.add(new Forced(node, false));
                    throw failure();
                }
            }
        }

        @Override
        public void close() {
            synchronized (FaultFs.this) {
                openFiles -= isClosed ? 0 : 1;
                isClosed = true;
            }
        }
    }

    /** Bytes with some of others in their place, longer if need be. */
    static byte[] overwritten(byte[] bytes, int position, ByteBuffer others, int from, int length) {
        byte[] changed = position + length > bytes.length ? Arrays.copyOf(bytes, position + length) : bytes.clone();
        others.get(from, changed, position, length);
        return changed;
    }
}
