package io.chaski.streamer.internal.durable;

import io.chaski.streamer.internal.disk.DiskFull;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file that is there to be given up: on a full disk it makes room for what must be written so that anything can be removed.
 * Confined to the thread that writes the log.
 */
final class Reserve {

    static final String NAME = "reserve";

    private static final int STEP_BYTES = 256 << 10;

    private final LogDisk disk;
    private final int bytes;
    private boolean isThere;

    Reserve(LogDisk disk, int bytes) throws IOException {
        this.disk = disk;
        this.bytes = bytes;
        this.isThere = disk.list().contains(NAME);
    }

    /** Whether it should be there and is not. */
    boolean isMissing() {
        return bytes > 0 && !isThere;
    }

    /** Gives it up. Says whether there was one. */
    boolean release() throws IOException {
        if (!isThere) {
            return false;
        }
        isThere = false;
        disk.delete(NAME);
        ForceFailed.onFailure(disk::force); // until then some file systems keep the space
        return true;
    }

    /** Makes it, unless the disk is full. */
    void restore() throws IOException {
        String unfinished = NAME + LogOpening.UNFINISHED;
        try (LogFile file = disk.create(unfinished)) {
            for (int at = 0; at < bytes; at += STEP_BYTES) {
                file.writeAll(ByteBuffer.allocate(Math.min(STEP_BYTES, bytes - at)), at);
            }
            ForceFailed.onFailure(file::force);
        } catch (ForceFailed e) {
            throw e;
        } catch (IOException e) {
            if (!DiskFull.isBehind(e)) {
                throw e;
            }
            disk.delete(unfinished);
            return;
        }
        disk.rename(unfinished, NAME);
        isThere = true; // a loss of power may take the name, and with it nothing that was promised
    }
}
