package io.chaski.core.codec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The codecs of one node, by content type: the built-in ones and those of the application. Immutable. */
public final class CodecRegistry {

    /** Bytes, text, CBOR and JSON. */
    public static final CodecRegistry BUILT_IN = new CodecRegistry(List.of());

    private static final int MAX_CONTENT_TYPE_LENGTH = 255;

    private final Map<String, PayloadCodec> byContentType = new LinkedHashMap<>();

    private CodecRegistry(List<PayloadCodec> own) {
        for (PayloadCodec codec :
                List.of(PayloadCodec.bytes(), PayloadCodec.text(), PayloadCodec.cbor(), PayloadCodec.json())) {
            byContentType.put(codec.contentType(), codec);
        }
        for (PayloadCodec codec : own) {
            byContentType.put(checkContentType(codec.contentType()), codec);
        }
    }

    /**
     * The built-in codecs and more.
     *
     * @param own codecs of the application; one with the content type of a built-in codec replaces it
     * @throws IllegalArgumentException if a content type is empty, too long or not plain ASCII
     */
    public static CodecRegistry with(List<PayloadCodec> own) {
        return own.isEmpty() ? BUILT_IN : new CodecRegistry(own);
    }

    /**
     * The codec for a content type, or null if there is none.
     *
     * @param contentType as marked in a message
     */
    public @Nullable PayloadCodec find(String contentType) {
        return byContentType.get(contentType);
    }

    /**
     * Has the codec for a content type made ready, if there is one and it takes its time: in a cold JVM some 80 ms, for which the first
     * message should not wait, which may come on an event loop.
     *
     * @param contentType as chosen by a topic
     */
    public void prepare(String contentType) {
        if (byContentType.get(contentType) instanceof JacksonCodec codec) {
            codec.prepare();
        }
    }

    /**
     * The codec for a content type.
     *
     * @param contentType as chosen by a topic
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public PayloadCodec get(String contentType) {
        PayloadCodec codec = byContentType.get(contentType);
        if (codec == null) {
            throw new IllegalArgumentException(
                    "no codec for '" + contentType + "'; this node has " + String.join(", ", byContentType.keySet()));
        }
        return codec;
    }

    private static String checkContentType(String contentType) {
        boolean isPlain = contentType.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (contentType.isEmpty() || contentType.length() > MAX_CONTENT_TYPE_LENGTH || !isPlain) {
            throw new IllegalArgumentException("a content type has 1 to " + MAX_CONTENT_TYPE_LENGTH
                    + " characters of plain ASCII without spaces: '" + contentType + "'");
        }
        return contentType;
    }
}
