package io.chaski.streamer.internal.durable;

import java.io.IOException;
import java.util.List;

/**
 * The directory of a log, and all that a log needs of a disk; a test has one that fails and loses power. Names are durable
 * after {@link #force()} only. One thread changes names.
 */
interface LogDisk extends AutoCloseable {

    /** Where it is, for messages. */
    String name();

    /** Names of the files, in no order. */
    List<String> list() throws IOException;

    /** Makes an empty file, readable by its owner only; fails if the name is taken. */
    LogFile create(String name) throws IOException;

    /** Opens a file that is there, and never follows a link. */
    LogFile open(String name) throws IOException;

    /** Gives a file another name, which is free. */
    void rename(String from, String to) throws IOException;

    /** Removes a file that is there. */
    void delete(String name) throws IOException;

    /** Makes all changes of names durable. When that fails, another attempt would not tell. */
    void force() throws IOException;

    /** Bytes that may still be written. */
    long usableBytes() throws IOException;

    /** Lets others have the directory. */
    @Override
    void close() throws IOException;
}
