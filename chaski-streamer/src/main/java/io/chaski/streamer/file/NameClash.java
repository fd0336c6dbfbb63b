package io.chaski.streamer.file;

/**
 * What happens when something has the name of an arriving file already. A regular file of the same content is the file
 * itself and nothing happens; anything but a regular file, such as a symbolic link, is never replaced.
 */
public enum NameClash {
    /** The arriving file takes the place of the other, in one step. */
    REPLACE,
    /** The arriving file gets a number, {@code report-2.pdf}. */
    KEEP_BOTH,
    /** The arriving file is refused with {@link FileProblem#EXISTS}. */
    REFUSE
}
