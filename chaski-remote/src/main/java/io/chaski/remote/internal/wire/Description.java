package io.chaski.remote.internal.wire;

import io.chaski.remote.internal.model.MethodKey;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ServiceModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node says about a service it is asked for: a list of texts, of which the first says how to read the others. Immutable.
 *
 * @param state whether there is such a service for whoever asks
 * @param methods signatures by key, if there is
 * @param others names of other services, if there is none
 */
public record Description(State state, Map<MethodKey, String> methods, List<String> others) {

    /** Protocol of the streams that ask: one message with a {@link Question}, one with the description. */
    public static final String PROTOCOL = "chaski.describe";

    /** Whether there is such a service for whoever asks. */
    public enum State {
        /** There is. */
        SERVED,
        /** There is, for others. */
        DENIED,
        /** There is not. */
        NONE
    }

    /**
     * What is asked for: the name of a service, and after a line feed, which no name has, its version if one is wanted. Immutable.
     *
     * @param service name of the service
     * @param version which version of it; empty if the caller does not say
     */
    public record Question(String service, String version) {

        /** As it travels. */
        public byte[] toBytes() {
            return (version.isEmpty() ? service : service + '\n' + version).getBytes(StandardCharsets.UTF_8);
        }

        /**
         * Reads a question; whatever it is, it asks for something, which then is not served.
         *
         * @param bytes as they arrived
         */
        public static Question parse(byte[] bytes) {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\n", 2);
            return new Question(parts[0], parts.length < 2 ? "" : parts[1]);
        }
    }

    private static final int MAX_NAME_BYTES = 255;

    /** Four for each character that a signature may have. */
    private static final int MAX_SIGNATURE_BYTES = 2_048;

    /** More methods than this are not read. */
    private static final int MAX_METHODS = 1_024;

    /** Copies the collections. */
    public Description {
        methods = Collections.unmodifiableMap(new LinkedHashMap<>(methods));
        others = List.copyOf(others);
    }

    /**
     * A service there is.
     *
     * @param model its methods
     */
    public static Description of(ServiceModel model) {
        Map<MethodKey, String> methods = new LinkedHashMap<>();
        for (MethodModel method : model.methods()) {
            methods.put(method.key(), method.signature());
        }
        return new Description(State.SERVED, methods, List.of());
    }

    /**
     * There is no such service.
     *
     * @param others names of those there are
     */
    public static Description none(List<String> others) {
        return new Description(State.NONE, Map.of(), others);
    }

    /** Whoever asks may not call it. */
    public static Description denied() {
        return new Description(State.DENIED, Map.of(), List.of());
    }

    /** As it travels. */
    public byte[] toBytes() {
        List<String> texts = new ArrayList<>();
        texts.add(state.name());
        methods.forEach((key, signature) -> texts.add(key + " " + signature));
        texts.addAll(others);
        return Values.encodeTexts(texts);
    }

    /**
     * Reads a description.
     *
     * @param bytes as they arrived
     * @throws MalformedException if they are none
     */
    public static Description parse(byte[] bytes) throws MalformedException {
        List<String> texts = Values.decodeTexts(bytes);
        if (texts.isEmpty() || texts.size() > MAX_METHODS + 1) {
            throw new MalformedException("not a description");
        }
        List<String> rest = texts.subList(1, texts.size());
        return switch (texts.get(0)) {
            case "SERVED" -> new Description(State.SERVED, parseMethods(rest), List.of());
            case "DENIED" -> denied();
            case "NONE" ->
                none(rest.stream()
                        .map(name -> BoundedText.of(name, MAX_NAME_BYTES))
                        .toList());
            default -> throw new MalformedException("not a description");
        };
    }

    private static Map<MethodKey, String> parseMethods(List<String> texts) throws MalformedException {
        Map<MethodKey, String> methods = new LinkedHashMap<>();
        for (String text : texts) {
            String[] keyAndSignature = text.split(" ", 2);
            if (keyAndSignature.length != 2) {
                throw new MalformedException("a method has a key and a signature");
            }
            try {
                methods.put(
                        MethodKey.parse(keyAndSignature[0]), BoundedText.of(keyAndSignature[1], MAX_SIGNATURE_BYTES));
            } catch (IllegalArgumentException notAKey) {
                throw new MalformedException("a method has a key and a signature");
            }
        }
        return methods;
    }
}
