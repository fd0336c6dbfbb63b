package io.chaski.core.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.chaski.core.internal.wire.MessageBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * JSON and CBOR by Jackson, set up so that what arrives can neither choose a class nor exhaust the heap. Readers and
 * writers are kept per declared type; the types are those of the program's topics, so there are few.
 */
final class JacksonCodec implements PayloadCodec {

    static final PayloadCodec JSON =
            new JacksonCodec(MessageBody.JSON, () -> JsonMapper.builder(bounded(new JsonFactory())), false);
    static final PayloadCodec CBOR =
            new JacksonCodec(MessageBody.CBOR, () -> CBORMapper.builder(bounded(new CBORFactory())), true);

    /** Deep input makes recursive readers overflow their stack; hand-written data is hardly ever ten levels deep. */
    private static final int MAX_DEPTH = 32;

    /** One byte of CBOR can become an object of 24 bytes; this many tokens make a few megabytes at most. */
    private static final long MAX_TOKENS = 100_000;

    /** Text beyond this is a document, and documents are files. */
    private static final int MAX_TEXT_LENGTH = 1 << 20;

    /** The cost of reading a number grows with the square of its digits. */
    private static final int MAX_DIGITS = 100;

    /**
     * What is no longer has neither too many tokens, of which two can come from one byte of CBOR at most (an empty array begins and
     * ends), nor a name of more than the 50,000 characters that Jackson allows, nor too long a text.
     */
    private static final int SURELY_FEW_TOKENS = (int) (MAX_TOKENS / 2);

    private final String contentType;
    private final Supplier<MapperBuilder<?, ?>> builder;

    /** Made when it is needed first: that takes some 80 of the 1,100 ms of a cold start, and there are nodes that send bytes and text alone. */
    private volatile @Nullable ObjectMapper mapper;

    private final boolean isCountedFromArray;
    private final ConcurrentMap<Type, ObjectReader> readers = new ConcurrentHashMap<>();
    private final ConcurrentMap<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

    /**
     * A codec.
     *
     * @param builder of what reads and writes, without its settings
     * @param isCountedFromArray whether the parser says of a place how many bytes of the array are before it, not how many it has read
     */
    private JacksonCodec(String contentType, Supplier<MapperBuilder<?, ?>> builder, boolean isCountedFromArray) {
        this.contentType = contentType;
        this.builder = builder;
        this.isCountedFromArray = isCountedFromArray;
    }

    /** Makes what reads and writes, if that is still to be done. */
    void prepare() {
        ObjectMapper unused = mapper();
    }

    private ObjectMapper mapper() {
        ObjectMapper made = mapper;
        return made != null ? made : makeMapper();
    }

    private synchronized ObjectMapper makeMapper() {
        ObjectMapper made = mapper;
        if (made == null) {
            made = strict(builder.get());
            mapper = made;
        }
        return made;
    }

    private static ObjectMapper strict(MapperBuilder<?, ?> builder) {
        return builder.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(StreamWriteFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .polymorphicTypeValidator(new NoClassNames())
                .annotationIntrospector(new RecordComponents())
                .addModule(new OptionalModule())
                .addModule(new TextualTypes())
                .build();
    }

    private static <F extends JsonFactory> F bounded(F factory) {
        factory.setStreamReadConstraints(StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxTokenCount(MAX_TOKENS)
                .maxStringLength(MAX_TEXT_LENGTH)
                .maxNumberLength(MAX_DIGITS)
                .build());
        // Before the recursive writers overflow their stack; the other limits are checked on what was written, if it
        // can have reached them.
        factory.setStreamWriteConstraints(
                StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build());
        return factory;
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public byte[] encode(@Nullable Object value, Type type) {
        ObjectWriter writer = writers.get(type);
        if (writer == null) {
            ObjectMapper made = mapper();
            writer = writers.computeIfAbsent(type, declared -> made.writerFor(made.constructType(declared)));
        }
        try {
            return encode(value, writer);
        } catch (JsonProcessingException e) {
            throw new CodecException("cannot encode a " + type.getTypeName() + ": " + summary(e, 0), e);
        } catch (IOException e) {
            throw new UncheckedIOException("an array was read", e);
        }
    }

    private byte[] encode(@Nullable Object value, ObjectWriter writer) throws IOException {
        ByteArrayBuilder bytes = new ByteArrayBuilder();
        NotingGenerator generator = new NotingGenerator(mapper().createGenerator(bytes));
        try (generator) {
            writer.writeValue(generator, value);
        }
        byte[] written = bytes.toByteArray();
        if (generator.isOdd() || written.length > SURELY_FEW_TOKENS) {
            checkReadable(written);
        }
        return written;
    }

    /** What no subscriber could read is not published: what was written meets the limits of reading, with that parser. */
    private void checkReadable(byte[] written) throws IOException {
        try (JsonParser parser = mapper().createParser(written)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    // The parser itself looks at the length of a text only when somebody takes the text.
                    parser.streamReadConstraints().validateStringLength(parser.getTextLength());
                }
            }
        }
    }

    @Override
    public @Nullable Object decode(byte[] bytes, Type type) {
        return decode(bytes, 0, bytes.length, type);
    }

    @Override
    public @Nullable Object decode(byte[] bytes, int offset, int length, Type type) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        ObjectReader reader = readers.get(type);
        if (reader == null) {
            ObjectMapper made = mapper();
            reader = readers.computeIfAbsent(type, declared -> made.readerFor(made.constructType(declared)));
        }
        try {
            return reader.readValue(bytes, offset, length);
        } catch (JsonProcessingException e) {
            int before = isCountedFromArray ? offset : 0;
            throw new CodecException("expected a " + type.getTypeName() + ": " + summary(e, before), e);
        } catch (IOException e) {
            throw new CodecException("expected a " + type.getTypeName() + ": it ends too soon", e);
        }
    }

    /** The kind of failure and where it is. Jackson's own message quotes the input, and payloads are never printed. */
    private static String summary(JsonProcessingException failure, int before) {
        long at = failure.getLocation() == null ? -1 : failure.getLocation().getByteOffset();
        String where = at < before ? "" : " at byte " + (at - before);
        return failure.getClass().getSimpleName() + where;
    }
}
