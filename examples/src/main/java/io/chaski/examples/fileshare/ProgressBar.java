package io.chaski.examples.fileshare;

import io.chaski.examples.terminal.Terminal;

/** How far a file is, in one line. */
final class ProgressBar {

    private static final int WIDTH = 30;

    private ProgressBar() {}

    /**
     * Such as {@code song.ogg [#########---------------------] 30 %, 1.2 MB of 4.0 MB}.
     *
     * @param name of the file
     * @param done bytes that are there
     * @param size all bytes
     */
    static String of(String name, long done, long size) {
        int percent = size == 0 ? 100 : (int) (100 * Math.min(done, size) / size);
        int filled = WIDTH * percent / 100;
        return name + " [" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " + percent + " %, "
                + Terminal.size(done) + " of " + Terminal.size(size);
    }
}
