package io.chaski.ca.internal.journal;

import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The mark in two places, written in turn: a power failure may tear the one that is being written, never the one before.
 * Disks and caches write blocks of 4 KiB, whatever of them was changed, so each has a block of its own, with zeros behind
 * the mark.
 */
final class MarkFile implements AutoCloseable {

    static final int SLOT_BYTES = 4 << 10;

    private static final int SLOTS = 2;

    private final DiskFile file;
    private int next;

    private MarkFile(DiskFile file) {
        this.file = file;
    }

    static MarkFile create(Disk disk, Path path) throws IOException {
        MarkFile marks = new MarkFile(disk.create(path));
        boolean isMade = false;
        try {
            marks.writeBoth(Mark.OF_NOTHING);
            isMade = true;
            return marks;
        } finally {
            if (!isMade) {
                marks.close();
            }
        }
    }

    static MarkFile open(Disk disk, Path path) throws IOException {
        return new MarkFile(disk.open(path));
    }

    /** The newest mark, if any is sound. The other one is overwritten next. */
    Optional<Mark> newest() throws IOException {
        List<Optional<Mark>> slots = slots();
        Optional<Mark> newest = slots.stream().flatMap(Optional::stream).max(Comparator.comparingLong(Mark::records));
        next = newest.isPresent() && newest.equals(slots.get(0)) ? 1 : 0;
        return newest;
    }

    /** Whether both are sound, and nothing else is in the file. */
    boolean isSound() throws IOException {
        return file.size() == (long) SLOTS * SLOT_BYTES
                && slots().stream().allMatch(Optional::isPresent)
                && isEmptyBehind(0)
                && isEmptyBehind(1);
    }

    private boolean isEmptyBehind(int slot) throws IOException {
        for (byte each : file.read((long) slot * SLOT_BYTES + Mark.BYTES, SLOT_BYTES - Mark.BYTES)) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    private List<Optional<Mark>> slots() throws IOException {
        List<Optional<Mark>> slots = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            slots.add(Mark.read(file.read((long) slot * SLOT_BYTES, Mark.BYTES)));
        }
        return slots;
    }

    /** Survives a power failure when it returns. */
    void write(Mark mark) throws IOException {
        file.write((long) next * SLOT_BYTES, Arrays.copyOf(mark.toBytes(), SLOT_BYTES));
        file.force();
        next = (next + 1) % SLOTS;
    }

    /** Both, one after the other, the older one first. */
    void writeBoth(Mark mark) throws IOException {
        write(mark);
        write(mark);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
