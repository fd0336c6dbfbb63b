package io.chaski.core.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Notes whether anything has been written that a reader with our limits may refuse although it is short: numbers of any length,
 * names that are numbers (and may be those of other properties), and what a serializer has put into the output as it is.
 */
final class NotingGenerator extends JsonGeneratorDelegate {

    private boolean isOdd;

    NotingGenerator(JsonGenerator generator) {
        super(generator, false); // values that others write come through here, too
    }

    /** Whether there was any such thing. */
    boolean isOdd() {
        return isOdd;
    }

    @Override
    public void writeNumber(@Nullable BigInteger value) throws IOException {
        isOdd = true;
        super.writeNumber(value);
    }

    @Override
    public void writeNumber(@Nullable BigDecimal value) throws IOException {
        isOdd = true;
        super.writeNumber(value);
    }

    @Override
    public void writeNumber(@Nullable String encodedValue) throws IOException {
        isOdd = true;
        super.writeNumber(encodedValue);
    }

    @Override
    public void writeNumber(char[] encodedValue, int offset, int length) throws IOException {
        isOdd = true;
        super.writeNumber(encodedValue, offset, length);
    }

    @Override
    public void writeFieldId(long id) throws IOException {
        isOdd = true;
        super.writeFieldId(id);
    }

    @Override
    public void writeRaw(String text) throws IOException {
        isOdd = true;
        super.writeRaw(text);
    }

    @Override
    public void writeRaw(String text, int offset, int len) throws IOException {
        isOdd = true;
        super.writeRaw(text, offset, len);
    }

    @Override
    public void writeRaw(SerializableString raw) throws IOException {
        isOdd = true;
        super.writeRaw(raw);
    }

    @Override
    public void writeRaw(char[] text, int offset, int len) throws IOException {
        isOdd = true;
        super.writeRaw(text, offset, len);
    }

    @Override
    public void writeRaw(char c) throws IOException {
        isOdd = true;
        super.writeRaw(c);
    }

    @Override
    public void writeRawValue(String text) throws IOException {
        isOdd = true;
        super.writeRawValue(text);
    }

    @Override
    public void writeRawValue(SerializableString raw) throws IOException {
        isOdd = true;
        super.writeRawValue(raw);
    }

    @Override
    public void writeRawValue(String text, int offset, int len) throws IOException {
        isOdd = true;
        super.writeRawValue(text, offset, len);
    }

    @Override
    public void writeRawValue(char[] text, int offset, int len) throws IOException {
        isOdd = true;
        super.writeRawValue(text, offset, len);
    }

    @Override
    public void writeRawUTF8String(byte[] text, int offset, int length) throws IOException {
        isOdd = true;
        super.writeRawUTF8String(text, offset, length);
    }

    @Override
    public void writeUTF8String(byte[] text, int offset, int length) throws IOException {
        isOdd = true;
        super.writeUTF8String(text, offset, length);
    }

    @Override
    public void writeEmbeddedObject(@Nullable Object object) throws IOException {
        isOdd = true;
        super.writeEmbeddedObject(object);
    }
}
