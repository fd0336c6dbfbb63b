package io.chaski.remote.internal.model;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The type of a parameter through which the other side calls back: an interface that does not travel, and that can be called
 * remotely. Immutable.
 *
 * @param type the interface
 * @param model its methods
 * @param erased its name without type arguments
 * @param text its name, the beginning of the hash of its signature, so that interfaces that do not fit are found before a
 *     call, and its type arguments: {@code Consumer#0123456789abcdef<String>}
 */
public record CallbackType(Class<?> type, ServiceModel model, String erased, String text) implements Type {

    /** Hexadecimal digits of the hash that are told: as many as of a method. */
    public static final int HASH_DIGITS = 16;

    private static final Set<Class<?>> NEVER = Set.of(List.class, Set.class, Map.class);

    /**
     * Reads the type of a parameter.
     *
     * @param resolved with its variables replaced
     * @param errorTypes which exceptions can be made again
     * @return empty if it is no interface of its own
     * @throws IllegalArgumentException if it is one that cannot be called remotely
     */
    static Optional<CallbackType> of(Type resolved, ErrorTypes errorTypes) {
        Class<?> raw = TypeBindings.raw(resolved);
        if (!raw.isInterface() || raw.isAnnotation() || NEVER.contains(raw)) {
            return Optional.empty();
        }
        ServicePath path = ServicePath.ofCallback(raw);
        MethodTable table = new ModelReader(resolved, errorTypes, path).table();
        ServiceModel model =
                new ServiceModel(raw.getSimpleName(), path.methods().all(), table);
        String erased = TypeText.erased(resolved);
        String arguments = TypeText.full(resolved).substring(erased.length());
        return Optional.of(new CallbackType(raw, model, erased, erased + "#" + shortHash(model) + arguments));
    }

    private static String shortHash(ServiceModel model) {
        return model.hash().substring(0, HASH_DIGITS);
    }

    /** The beginning of the hash of the signature. */
    public String hash() {
        return shortHash(model);
    }

    @Override
    public String getTypeName() {
        return text;
    }
}
