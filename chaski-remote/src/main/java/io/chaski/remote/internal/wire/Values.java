package io.chaski.remote.internal.wire;

import io.chaski.core.TypeRef;
import io.chaski.core.codec.CodecException;
import io.chaski.core.codec.PayloadCodec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Arguments and results as CBOR, each by its declared type. Arguments are a CBOR array of byte strings, of which each holds
 * the CBOR of one argument: so each meets the limits of the codec by itself, and bytes stay bytes. Stateless.
 */
public final class Values {

    private static final PayloadCodec CBOR = PayloadCodec.cbor();
    private static final Type LIST_OF_BYTES = new TypeRef<List<byte[]>>() {}.type();
    private static final Type LIST_OF_TEXTS = new TypeRef<List<String>>() {}.type();

    private Values() {}

    /**
     * Encodes arguments.
     *
     * @param types declared types
     * @param arguments as many values
     * @throws CodecException if one does not fit; the message says which
     */
    public static byte[] encode(List<Type> types, List<@Nullable Object> arguments) {
        if (types.size() != arguments.size()) {
            throw new CodecException("there are " + types.size() + " parameters, not " + arguments.size());
        }
        List<byte[]> encoded = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            try {
                encoded.add(encode(types.get(i), arguments.get(i)));
            } catch (CodecException wrong) {
                throw ofArgument(i, wrong);
            }
        }
        return ByteStrings.encode(encoded);
    }

    /**
     * Decodes arguments.
     *
     * @param types declared types
     * @param bytes as they arrived
     * @return as many values
     * @throws CodecException if they are anything else; the message says which
     */
    @SuppressWarnings("unchecked") // the type says what the codec returns
    public static List<@Nullable Object> decode(List<Type> types, byte[] bytes) {
        List<byte[]> plain = ByteStrings.decode(bytes);
        List<byte[]> encoded = plain == null ? (List<byte[]>) CBOR.decode(bytes, LIST_OF_BYTES) : plain;
        if (encoded == null || encoded.size() != types.size()) {
            throw new CodecException(
                    "there are " + types.size() + " parameters, not " + (encoded == null ? "null" : encoded.size()));
        }
        List<@Nullable Object> arguments = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            byte[] argument = encoded.get(i);
            if (argument == null) {
                throw new CodecException("argument " + (i + 1) + " is missing");
            }
            try {
                arguments.add(decode(types.get(i), argument));
            } catch (CodecException wrong) {
                throw ofArgument(i, wrong);
            }
        }
        return arguments;
    }

    private static CodecException ofArgument(int index, CodecException wrong) {
        return new CodecException("argument " + (index + 1) + ": " + wrong.getMessage(), wrong);
    }

    /**
     * Encodes one value.
     *
     * @param type declared type
     * @param value what
     * @throws CodecException if it does not fit
     */
    public static byte[] encode(Type type, @Nullable Object value) {
        try {
            return CBOR.encode(value, type);
        } catch (StackOverflowError circular) {
            throw new CodecException("a value contains itself");
        }
    }

    /**
     * Decodes one value.
     *
     * @param type declared type
     * @param bytes as they arrived
     * @throws CodecException if they are no such value, or null for a primitive type
     */
    public static @Nullable Object decode(Type type, byte[] bytes) {
        Object value = CBOR.decode(bytes, type);
        if (value != null) {
            return value;
        }
        if (type instanceof Class<?> plain && plain.isPrimitive()) {
            throw new CodecException("null for a " + plain.getName());
        }
        return isOptional(type) ? Optional.empty() : null;
    }

    private static boolean isOptional(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    }

    /**
     * Encodes texts.
     *
     * @param texts any
     */
    public static byte[] encodeTexts(List<String> texts) {
        return CBOR.encode(texts, LIST_OF_TEXTS);
    }

    /**
     * Decodes texts.
     *
     * @param bytes as they arrived
     * @throws MalformedException if they are anything else
     */
    @SuppressWarnings("unchecked") // the type says what the codec returns
    public static List<String> decodeTexts(byte[] bytes) throws MalformedException {
        List<String> texts;
        try {
            texts = (List<String>) CBOR.decode(bytes, LIST_OF_TEXTS);
        } catch (CodecException wrong) {
            throw new MalformedException("not a list of texts");
        }
        if (texts == null || texts.contains(null)) {
            throw new MalformedException("not a list of texts");
        }
        return texts;
    }
}
