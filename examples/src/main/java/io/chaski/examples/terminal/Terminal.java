package io.chaski.examples.terminal;

import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a program talks with a person: with a prompt that stays below what comes in, and names in colour, if there is a
 * terminal that can do so; as plain lines of UTF-8 otherwise, so that another program can read them. Thread-safe; one thread
 * reads.
 */
public final class Terminal {

    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String PLAIN = "\u001b[0m";
    private static final String DIM = "\u001b[2m";

    /** Green, yellow, blue, magenta, cyan and their bright ones: red is for errors, black and white are backgrounds. */
    private static final int[] COLOURS = {32, 33, 34, 35, 36, 92, 93, 94, 95, 96};

    /** Joins what people take for one character, such as a family; all other invisible ones are kept out. */
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private final BufferedReader in;
    private final PrintWriter out;
    private final boolean hasLines;
    private final boolean hasColours;
    private String prompt = "";

    /**
     * A terminal.
     *
     * @param in what is typed
     * @param out what is shown
     * @param hasLines whether a line that stands can be written over
     * @param hasColours whether colours are shown
     */
    public Terminal(BufferedReader in, PrintWriter out, boolean hasLines, boolean hasColours) {
        this.in = in;
        this.out = out;
        this.hasLines = hasLines;
        this.hasColours = hasColours;
    }

    /** The one of this process. With {@code NO_COLOR} in the environment it has no colours (no-color.org). */
    @SuppressWarnings("SystemConsoleNull") // of a newer Java it is asked whether it is a terminal
    public static Terminal ofThisProcess() {
        Console console = System.console();
        if (console != null && isTerminal(console)) {
            boolean hasLines = hasLines(System.getenv());
            return new Terminal(
                    new BufferedReader(console.reader()), console.writer(), hasLines, hasColours(System.getenv()));
        }
        return new Terminal(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                new PrintWriter(
                        new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8), true),
                false,
                false);
    }

    /** From Java 22 on there is a console without a terminal too, which says so. */
    private static boolean isTerminal(Console console) {
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException olderJava) {
            return true;
        } catch (ReflectiveOperationException unusable) {
            return false;
        }
    }

    /** Windows says nothing of its terminal; the one that knows escapes says its own name. */
    static boolean hasLines(Map<String, String> environment) {
        String kind = environment.getOrDefault("TERM", environment.containsKey("WT_SESSION") ? "windows" : "dumb");
        return !kind.equals("dumb");
    }

    static boolean hasColours(Map<String, String> environment) {
        return hasLines(environment) && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /**
     * Waits for a line.
     *
     * @param ask shown in front of it on a terminal, now and whenever something else was shown meanwhile
     * @return the line, or null if there are no more
     */
    public @Nullable String read(String ask) throws IOException {
        standing(ask);
        try {
            return in.readLine();
        } finally {
            endPrompt();
        }
    }

    private synchronized void endPrompt() {
        prompt = "";
    }

    /**
     * Shows a line.
     *
     * @param line as it is: what came from others should have passed {@link #printable}
     */
    public synchronized void print(String line) {
        out.println(hasLines ? CLEAR_LINE + line : line);
        if (hasLines) {
            out.print(prompt);
        }
        out.flush();
    }

    /**
     * Shows lines with nothing between them.
     *
     * @param lines as for {@link #print(String)}
     */
    public synchronized void print(List<String> lines) {
        lines.forEach(this::print);
    }

    /**
     * Shows a line that the next one takes the place of, such as a progress bar; nothing where that cannot be.
     *
     * @param line as for {@link #print(String)}
     */
    public synchronized void standing(String line) {
        if (hasLines) {
            prompt = line;
            out.print(CLEAR_LINE + line);
            out.flush();
        }
    }

    /**
     * Somebody's name, in a colour of its own.
     *
     * @param name any text
     */
    public String name(String name) {
        int hash = name.hashCode();
        int spread = (hash ^ hash >>> 7) * 0x45d9f3b; // short names have hashes that are alike
        int colour = COLOURS[Integer.remainderUnsigned(spread, COLOURS.length)];
        return hasColours ? "\u001b[" + colour + "m" + printable(name) + PLAIN : printable(name);
    }

    /**
     * Something that is not as important as the rest.
     *
     * @param text any text
     */
    public String dim(String text) {
        return hasColours ? DIM + text + PLAIN : text;
    }

    /**
     * A text of somebody else, made fit to be shown: without what a terminal would take for a command, what has no shape, and
     * what turns the direction of the text around.
     *
     * @param text any text
     */
    public static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> shown.appendCodePoint(isShown(codePoint) ? codePoint : '?'));
        return shown.toString();
    }

    private static boolean isShown(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.FORMAT -> codePoint == ZERO_WIDTH_JOINER;
            default -> true;
        };
    }

    /**
     * A size for people: {@code 4.2 MB}.
     *
     * @param bytes 0 or more
     */
    public static String size(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        double shown = bytes;
        int unit = -1;
        while (shown >= 1_000 && unit < 3) {
            shown /= 1_000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %sB", shown, "kMGT".charAt(unit));
    }
}
