package io.chaski.ca.internal.journal;

import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON objects of text, without white space and in ASCII. There is one spelling of each object, so a line can be hashed.
 */
final class FlatJson {

    private static final int HEX = 16;

    private final String text;
    private int position;

    private FlatJson(String text) {
        this.text = text;
    }

    static String write(Map<String, String> object) {
        StringBuilder json = new StringBuilder("{");
        object.forEach((key, value) -> {
            json.append(json.length() > 1 ? "," : "");
            writeText(key, json);
            json.append(':');
            writeText(value, json);
        });
        return json.append('}').toString();
    }

    private static void writeText(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    static Map<String, String> read(String text) throws MalformedRecordException {
        Map<String, String> object = new LinkedHashMap<>();
        FlatJson json = new FlatJson(text);
        json.expect('{');
        do {
            String key = json.text();
            json.expect(':');
            object.put(key, json.text());
        } while (json.skip(','));
        json.expect('}');
        if (json.position != text.length() || !write(object).equals(text)) {
            throw new MalformedRecordException("a second spelling of an object");
        }
        return object;
    }

    private String text() throws MalformedRecordException {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (!skip('"')) {
            char c = next();
            value.append(c == '\\' ? escaped() : c);
        }
        return value.toString();
    }

    private char escaped() throws MalformedRecordException {
        char c = next();
        if (c != 'u') {
            return c;
        }
        if (text.length() - position < 4) {
            throw new MalformedRecordException("ends within an escape");
        }
        try {
            char escaped = (char) Integer.parseInt(text.substring(position, position + 4), HEX);
            position += 4;
            return escaped;
        } catch (NumberFormatException e) {
            throw new MalformedRecordException("an escape that is none", e);
        }
    }

    private void expect(char c) throws MalformedRecordException {
        if (!skip(c)) {
            throw new MalformedRecordException("no " + c + " at " + position);
        }
    }

    private boolean skip(char c) {
        boolean isThere = position < text.length() && text.charAt(position) == c;
        position += isThere ? 1 : 0;
        return isThere;
    }

    private char next() throws MalformedRecordException {
        if (position == text.length()) {
            throw new MalformedRecordException("ends within a text");
        }
        return text.charAt(position++);
    }
}
