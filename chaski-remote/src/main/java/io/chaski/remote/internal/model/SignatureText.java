package io.chaski.remote.internal.model;

import java.lang.reflect.Type;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A signature as another node tells it, taken apart: for calls without an interface. Immutable.
 *
 * @param text all of it
 * @param name remote name of the method
 * @param parameters types of its parameters
 * @param hasResult whether it returns anything
 */
public record SignatureText(String text, String name, List<TypeName> parameters, boolean hasResult) {

    /** Copies the list. */
    public SignatureText {
        parameters = List.copyOf(parameters);
    }

    /**
     * Takes a signature apart.
     *
     * @param text as it arrived, such as {@code double constants.power(double,int)}
     * @return empty if it is none, or of a method with a stream of items: then nobody can call it without an interface
     */
    public static Optional<SignatureText> parse(String text) {
        if (hasStream(text)) {
            return Optional.empty();
        }
        int space = text.indexOf(' ');
        int bracket = text.indexOf('(', space + 1);
        if (space < 1 || bracket < space + 2 || !text.endsWith(")")) {
            return Optional.empty();
        }
        String result = text.substring(0, space);
        String name = text.substring(space + 1, bracket);
        return TypeName.parseList(text.substring(bracket + 1, text.length() - 1))
                .map(parameters -> new SignatureText(text, name, parameters, !result.equals("void")));
    }

    private static boolean hasStream(String text) {
        return text.contains(ItemStream.PREFIX);
    }

    /**
     * Whether a signature is that of a method of this name that takes or returns a stream of items.
     *
     * @param text as it arrived
     * @param name remote name of a method
     */
    public static boolean isOfStream(String text, String name) {
        int bracket = text.indexOf('(');
        return hasStream(text)
                && bracket > 0
                && text.substring(text.lastIndexOf(' ', bracket) + 1, bracket).equals(name);
    }

    /**
     * A service with this method only, whose arguments and result have the types of their values.
     *
     * @param key of the method
     */
    public ServiceModel toModel(MethodKey key) {
        MethodModel method = new MethodModel(
                key,
                name,
                text,
                Collections.nCopies(parameters.size(), (Type) Object.class),
                hasResult ? Object.class : void.class,
                false,
                false,
                false,
                Optional.empty(),
                List.of(),
                MethodStreams.NONE);
        return new ServiceModel("untyped", List.of(method), new MethodTable("", Object.class, Map.of(), Map.of()));
    }
}
