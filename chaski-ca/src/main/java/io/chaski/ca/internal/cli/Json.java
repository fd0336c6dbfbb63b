package io.chaski.ca.internal.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** One flat JSON object on one line. Values are texts, numbers and truth values; anything else is printed as a text. */
final class Json {

    private final Map<String, Object> members = new LinkedHashMap<>();

    /** An object of version 1. */
    Json() {
        members.put("v", 1);
    }

    Json with(String name, Object value) {
        members.put(name, value);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder json = new StringBuilder("{");
        members.forEach((name, value) -> {
            json.append(json.length() > 1 ? "," : "");
            text(name, json);
            json.append(':');
            if (value instanceof Number || value instanceof Boolean || value instanceof Json) {
                json.append(value);
            } else {
                text(value.toString(), json);
            }
        });
        return json.append('}').toString();
    }

    private static void text(String text, StringBuilder json) {
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
}
