package io.chaski.core.security;

import io.chaski.core.ConfigurationException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** What stands between BEGIN and END in a PEM text, not decoded yet. Immutable. */
final class PemBlock {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /** The mark of byte order, in a text and in bytes that were not decoded. */
    private static final List<String> MARKS = List.of("\uFEFF", "\u00EF\u00BB\u00BF");

    /** Stands before a key of an elliptic curve in the files of old programs, and says what the key says again. */
    private static final String CURVE = "EC PARAMETERS";

    private static final String KEY = "PRIVATE KEY";

    private final String where;
    private final String label;
    private final String body;

    private PemBlock(String where, String label, String body) {
        this.where = where;
        this.label = label;
        this.body = body;
    }

    /**
     * The blocks of a text; what stands around them is for people.
     *
     * @param where the text comes from, for messages
     * @param text bounded before
     * @throws ConfigurationException if there is none, or one that does not end or has not begun
     */
    static List<PemBlock> read(String where, String text) {
        List<PemBlock> blocks = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        String label = "";
        for (String line : withoutMark(text).lines().map(String::strip).toList()) {
            if (label.isEmpty() && line.startsWith(END)) {
                throw new ConfigurationException(where + " holds " + END.strip() + " without its beginning");
            } else if (label.isEmpty()) {
                label = labelOf(line, BEGIN);
            } else if (line.startsWith(DASHES)) {
                if (!labelOf(line, END).equals(label)) {
                    break;
                }
                if (!label.equals(CURVE)) {
                    blocks.add(new PemBlock(where, label, body.toString()));
                }
                label = "";
                body.setLength(0);
            } else {
                body.append(line);
            }
        }
        if (!label.isEmpty()) {
            throw new ConfigurationException(where + " holds " + label + " without its end: a part is missing");
        }
        if (blocks.isEmpty()) {
            throw new ConfigurationException(where + " is no PEM text: nothing in it begins with " + BEGIN.strip());
        }
        return blocks;
    }

    /** Editors of Windows put one there; in a file it is the three bytes of UTF-8, one character each. */
    private static String withoutMark(String text) {
        return MARKS.stream()
                .filter(text::startsWith)
                .findFirst()
                .map(mark -> text.substring(mark.length()))
                .orElse(text);
    }

    /** Empty if the line is none of that kind, as one that holds a whole block, of which nothing may get into a message. */
    private static String labelOf(String line, String kind) {
        if (!line.startsWith(kind) || !line.endsWith(DASHES) || line.length() <= kind.length() + DASHES.length()) {
            return "";
        }
        String label = line.substring(kind.length(), line.length() - DASHES.length());
        return label.contains(DASHES) ? "" : label;
    }

    /** Where it comes from. */
    String where() {
        return where;
    }

    String label() {
        return label;
    }

    /** Whether it is a private key, in whatever form. */
    boolean isKey() {
        return label.endsWith(KEY);
    }

    /**
     * The bytes.
     *
     * @throws ConfigurationException if the text is not that of bytes
     */
    byte[] der() {
        try {
            return Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(where + " holds " + label + " that is not Base64", e);
        }
    }
}
