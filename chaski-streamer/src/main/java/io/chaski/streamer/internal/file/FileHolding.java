package io.chaski.streamer.internal.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A complete file under its name: pushed, shared or received. Thread-safe. */
final class FileHolding implements Holding {

    private final Path file;
    private final FileHasher.Hashed hashed;
    private final LongConsumer onSent;
    private final Consumer<? super FileHolding> onChanged;

    /**
     * A file that has been read.
     *
     * @param onSent hears how many bytes of content have been read for others
     * @param onChanged called with this holding when the file is found to be another one
     */
    FileHolding(Path file, FileHasher.Hashed hashed, LongConsumer onSent, Consumer<? super FileHolding> onChanged) {
        this.file = file;
        this.hashed = hashed;
        this.onSent = onSent;
        this.onChanged = onChanged;
    }

    @Override
    public Manifest manifest() {
        return hashed.manifest();
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public ChunkList list() {
        return hashed.list();
    }

    @Override
    public BitSet has() {
        BitSet all = new BitSet();
        all.set(0, manifest().chunks());
        return all;
    }

    @Override
    public Reader open() throws IOException {
        requireUnchanged();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new Reader() {
            @Override
            public boolean has(int chunk) {
                return true;
            }

            @Override
            public void read(ByteBuffer into, long position) throws IOException {
                if (position % manifest().chunkBytes() == 0) {
                    requireUnchanged(); // for each chunk: what is sent after a change only costs the reader's trust
                }
                int bytes = into.remaining();
                readFully(channel, into, position);
                onSent.accept(bytes);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new EOFException("shorter than it was");
            }
            at += read;
        }
    }

    private void requireUnchanged() throws IOException {
        boolean isSame;
        try {
            isSame = FileStamp.of(file).equals(hashed.stamp());
        } catch (NoSuchFileException | AccessDeniedException gone) {
            onChanged.accept(this);
            throw gone;
        } // anything else may pass, and says nothing about the file
        if (!isSame) {
            onChanged.accept(this);
            throw new IOException(file + " has changed");
        }
    }
}
