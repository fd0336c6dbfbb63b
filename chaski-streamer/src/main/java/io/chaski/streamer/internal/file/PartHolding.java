package io.chaski.streamer.internal.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** The chunks of a file that is still being received. Thread-safe. */
final class PartHolding implements Holding {

    private final PartFile part;
    private final BitSet has;

    PartHolding(PartFile part) {
        this.part = part;
        this.has = part.verified();
    }

    void onVerified(int chunk) {
        synchronized (has) {
            has.set(chunk);
        }
    }

    @Override
    public Manifest manifest() {
        return part.manifest();
    }

    @Override
    public boolean isComplete() {
        return false;
    }

    @Override
    public ChunkList list() {
        return part.list();
    }

    @Override
    public BitSet has() {
        synchronized (has) {
            return (BitSet) has.clone();
        }
    }

    @Override
    public Reader open() {
        return new Reader() {
            @Override
            public boolean has(int chunk) {
                synchronized (has) {
                    return has.get(chunk);
                }
            }

            @Override
            public void read(ByteBuffer into, long position) throws IOException {
                long at = position;
                while (into.hasRemaining()) {
                    int read = part.read(into, at);
                    if (read < 0) {
                        throw new EOFException("shorter than it was");
                    }
                    at += read;
                }
            }

            @Override
            public void close() {
                // The transfer closes its file itself.
            }
        };
    }
}
