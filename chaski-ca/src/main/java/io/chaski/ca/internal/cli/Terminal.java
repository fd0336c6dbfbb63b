package io.chaski.ca.internal.cli;

import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Where a verb writes: results to one stream, everything else to the other.
 *
 * @param out data only
 * @param err what people should know
 * @param prompt asks for a password; empty if nobody is there to be asked
 * @param stop a verb that goes on until it is stopped waits for this
 */
record Terminal(PrintStream out, PrintStream err, Optional<Prompt> prompt, CountDownLatch stop) {

    /** Asks without showing what is typed. */
    @FunctionalInterface
    interface Prompt {
        char[] password(String question);
    }

    /** The same, but results go elsewhere. */
    Terminal printingTo(PrintStream other) {
        return new Terminal(other, err, prompt, stop);
    }

    /** A result, for people or for programs. */
    void result(Arguments arguments, String text, Json json) {
        out.println(arguments.has(Option.JSON) ? json.toString() : printable(text));
    }

    /** Without characters that move the cursor or pretend to be a line. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isHarmless =
                    c == '\n' || c == '\t' || !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
            printable.append(isHarmless ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return printable.toString();
    }
}
