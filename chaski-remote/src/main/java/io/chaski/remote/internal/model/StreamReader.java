package io.chaski.remote.internal.model;

import io.chaski.remote.OneWay;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the streams in the declaration of one method. */
final class StreamReader {

    private final TypeBindings bindings;
    private final String where;

    /**
     * A reader for one method.
     *
     * @param bindings what the type variables of its interface stand for
     * @param where the method, for messages
     */
    StreamReader(TypeBindings bindings, String where) {
        this.bindings = bindings;
        this.where = where;
    }

    /** What the method returns, or null if that is no stream. */
    @Nullable
    ItemStream result(Method method) {
        return find(bindings.resolve(method.getGenericReturnType()), where + ", the result");
    }

    /**
     * All streams of the method.
     *
     * @throws IllegalArgumentException if it takes more than one, or is one-way
     */
    MethodStreams of(Method method, @Nullable ItemStream result) {
        int index = -1;
        ItemStream argument = null;
        Type[] types = method.getGenericParameterTypes();
        for (int i = 0; i < types.length; i++) {
            ItemStream found = find(bindings.resolve(types[i]), where + ", parameter " + (i + 1));
            if (found != null && argument != null) {
                throw new IllegalArgumentException(where + ": parameters " + (index + 1) + " and " + (i + 1)
                        + " are streams, and a call carries one stream each way");
            }
            if (found != null) {
                index = i;
                argument = found;
            }
        }
        if (argument == null && result == null) {
            return MethodStreams.NONE;
        }
        if (method.isAnnotationPresent(OneWay.class)) {
            throw new IllegalArgumentException(where + " is one-way and has a stream, which somebody must wait for");
        }
        return new MethodStreams(index, argument, result);
    }

    private static @Nullable ItemStream find(Type declared, String part) {
        Class<?> raw = declared instanceof GenericType generic
                ? generic.raw()
                : declared instanceof Class<?> plain ? plain : Object.class;
        StreamShape shape = StreamShape.of(raw).orElse(null);
        if (shape == null) {
            return null;
        }
        if (!(declared instanceof GenericType generic)) {
            throw new IllegalArgumentException(part + ": " + raw.getSimpleName() + " needs its type argument");
        }
        Type item = generic.arguments().get(0);
        ModelReader.requireKnown(item, part + ", its items");
        return new ItemStream(shape, item);
    }

    /**
     * The parameters of the method as texts, the stream among them.
     *
     * @param others types of the others
     * @param text of a type
     * @param streams of the method
     */
    List<String> texts(List<Type> others, Function<Type, String> text, MethodStreams streams) {
        List<String> texts = others.stream().map(text).collect(Collectors.toCollection(ArrayList::new));
        if (streams.argument() != null) {
            texts.add(
                    streams.index(),
                    ItemStream.PREFIX + text.apply(streams.argument().item()));
        }
        return texts;
    }
}
