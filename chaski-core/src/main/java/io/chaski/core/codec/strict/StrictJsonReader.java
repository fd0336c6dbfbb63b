package io.chaski.core.codec.strict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON whose form the caller knows. Takes well-formed UTF-8 only, no key twice in an object, whole numbers of 63
 * bits, and knows at each moment where it is, so that whoever wrote the document finds the mistake. Never recurses.
 * Confined to one thread.
 */
public final class StrictJsonReader implements AutoCloseable {

    /** Documents of a fixed form are not deeper; a lie about it ends here. */
    private static final int MAX_DEPTH = 8;

    /** Longest text and longest key. */
    private static final int MAX_TEXT_LENGTH = 1_024;

    private static final int MAX_DIGITS = 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_TEXT_LENGTH)
                    .maxNameLength(MAX_TEXT_LENGTH)
                    .maxNumberLength(MAX_DIGITS)
                    .build())
            .build();

    private final JsonParser parser;
    private final Deque<Container> open = new ArrayDeque<>();

    /** An object or an array that has begun and not ended. */
    private static final class Container {
        private final boolean isObject;
        private final Set<String> keys = new HashSet<>();
        private String key = "";
        private int elements;

        Container(boolean isObject) {
            this.isObject = isObject;
        }
    }

    /**
     * A reader in front of a document.
     *
     * @param utf8 the document
     * @throws StrictJsonException if it is not UTF-8
     */
    public StrictJsonReader(byte[] utf8) throws StrictJsonException {
        try {
            // Given bytes, Jackson would guess other encodings than UTF-8 too.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            parser = FACTORY.createParser(text);
        } catch (CharacterCodingException e) {
            throw new StrictJsonException("the whole document", "it is not UTF-8");
        } catch (IOException e) {
            throw new UncheckedIOException("a text was read", e);
        }
    }

    /** Goes into the object that comes next. */
    public void beginObject() throws StrictJsonException {
        expect(JsonToken.START_OBJECT, "an object");
        open.push(new Container(true));
    }

    /** The next key of the object, null at its end. */
    public @Nullable String nextKey() throws StrictJsonException {
        Container object = open.element();
        object.key = "";
        if (next() == JsonToken.END_OBJECT) {
            open.pop();
            return null;
        }
        String key = text();
        if (!object.keys.add(key)) {
            object.key = key;
            throw problem("this key comes twice");
        }
        object.key = key;
        return key;
    }

    /** Reads an array of texts. */
    public void readTexts(TextConsumer each) throws StrictJsonException {
        expect(JsonToken.START_ARRAY, "an array");
        Container array = new Container(false);
        open.push(array);
        while (next() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw problem("a text is expected here");
            }
            each.accept(text());
            array.elements++;
        }
        open.pop();
    }

    /** Takes the texts of an array. */
    @FunctionalInterface
    public interface TextConsumer {
        /**
         * Takes one.
         *
         * @param text as it is written
         * @throws StrictJsonException if it is not what belongs there
         */
        void accept(String text) throws StrictJsonException;
    }

    /** Reads a text. */
    public String readText() throws StrictJsonException {
        expect(JsonToken.VALUE_STRING, "a text");
        return text();
    }

    /** Reads a whole number without fraction and exponent. */
    public long readNumber() throws StrictJsonException {
        expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
        try {
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw problem("the number has more than 63 bits");
            }
            return parser.getLongValue();
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** Checks that nothing follows. */
    public void end() throws StrictJsonException {
        try {
            if (parser.nextToken() != null) {
                throw problem("nothing may follow the document");
            }
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /**
     * Says that what was read last is wrong.
     *
     * @param message what is wrong, without text of the document
     */
    public StrictJsonException problem(String message) {
        return new StrictJsonException(place(), message);
    }

    private void expect(JsonToken token, String what) throws StrictJsonException {
        if (next() != token) {
            throw problem(what + " is expected here");
        }
    }

    private JsonToken next() throws StrictJsonException {
        try {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw problem("the document ends too soon");
            }
            return token;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private String text() throws StrictJsonException {
        try {
            return parser.getText();
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** Jackson's own message quotes the document. */
    private StrictJsonException malformed(IOException e) {
        int line = e instanceof JsonProcessingException json && json.getLocation() != null
                ? json.getLocation().getLineNr()
                : parser.currentLocation().getLineNr();
        return new StrictJsonException(
                path() + ", line " + line, "not JSON: " + e.getClass().getSimpleName());
    }

    private String place() {
        return path() + ", line " + parser.currentTokenLocation().getLineNr();
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (Iterator<Container> outermost = open.descendingIterator(); outermost.hasNext(); ) {
            Container each = outermost.next();
            if (!each.isObject) {
                path.append('[').append(each.elements).append(']');
            } else if (!each.key.isEmpty()) {
                path.append(path.isEmpty() ? "" : ".").append(printable(each.key));
            }
        }
        return path.isEmpty() ? "the document" : path.toString();
    }

    private static String printable(String key) {
        String start = key.length() > 64 ? key.substring(0, 64) : key;
        return start.replaceAll("[^A-Za-z0-9._-]", "?");
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a text was closed", e);
        }
    }
}
