package io.chaski.streamer.internal.durable;

/**
 * An entry at its place in a segment.
 *
 * @param offset where it begins
 * @param lengthBytes how long it is
 * @param durable offset up to which the segment was on disk when it was written
 * @param crc its checksum
 * @param entry what it says
 */
record LogRecord(int offset, int lengthBytes, int durable, int crc, LogEntry entry) {

    /** Where the next one begins. */
    int end() {
        return offset + lengthBytes;
    }
}
