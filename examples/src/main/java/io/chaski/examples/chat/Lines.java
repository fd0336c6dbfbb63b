package io.chaski.examples.chat;

import io.chaski.examples.terminal.Terminal;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What people say as lines, of which each is one, whatever somebody says or is called. Immutable. */
final class Lines {

    /** Some screens; who says more floods those of the others. */
    static final int MAX_SHOWN = 2_000;

    /** What the names of people take. */
    private static final int MAX_NAME = 40;

    private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter BEFORE = DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ROOT);

    private final Terminal terminal;
    private final Clock clock;

    /**
     * Lines.
     *
     * @param terminal has the colours
     * @param clock has the time zone of the person
     */
    Lines(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    /** Lines with the time of the place where the person is. */
    static Lines on(Terminal terminal) {
        return new Lines(terminal, Clock.system(ZoneId.systemDefault()));
    }

    /** Something that somebody says now. */
    String said(String person, String text) {
        return terminal.name(person) + ": " + text(text);
    }

    /** Something that somebody has said. */
    String said(Instant when, String person, String text) {
        ZonedDateTime local = when.atZone(clock.getZone());
        boolean isToday = local.toLocalDate().equals(LocalDate.now(clock));
        return terminal.dim((isToday ? TODAY : BEFORE).format(local) + " ") + said(person, text);
    }

    private static String text(String text) {
        int length = text.codePointCount(0, text.length());
        if (length <= MAX_SHOWN) {
            return Terminal.printable(text);
        }
        return Terminal.printable(text.substring(0, text.offsetByCodePoints(0, MAX_SHOWN))) + "... ("
                + (length - MAX_SHOWN) + " more)";
    }

    /**
     * What somebody is called here: without what a terminal obeys or nobody sees, and without the colon that ends a name.
     *
     * @param name any text
     */
    static String person(String name) {
        String shown = Terminal.printable(name).replaceAll("[:\\p{Cf}]", "?").strip();
        int length = shown.codePointCount(0, shown.length());
        return length <= MAX_NAME ? shown : shown.substring(0, shown.offsetByCodePoints(0, MAX_NAME)) + "...";
    }

    /**
     * The same for names that people take for the same: nothing is left of marks, blanks, and other ways to write a character.
     *
     * @param name any text
     */
    static String likeness(String name) {
        return Normalizer.normalize(person(name), Normalizer.Form.NFKD)
                .replaceAll("[\\p{M}\\p{Z}\\s]", "")
                .toLowerCase(Locale.ROOT);
    }
}
