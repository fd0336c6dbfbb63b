package io.chaski.remote.internal.model;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Type;
import java.util.stream.Collectors;

/**
 * Types as text for signatures. Classes have their simple names: both sides may keep the same record in different packages,
 * and no name is ever looked up.
 */
final class TypeText {

    private TypeText() {}

    static String full(Type type) {
        if (type instanceof GenericType generic) {
            return generic.raw().getSimpleName()
                    + generic.arguments().stream().map(TypeText::full).collect(Collectors.joining(",", "<", ">"));
        }
        if (type instanceof GenericArrayType array) {
            return full(array.getGenericComponentType()) + "[]";
        }
        return type instanceof Class<?> plain ? plain.getSimpleName() : type.getTypeName();
    }

    static String erased(Type type) {
        if (type instanceof GenericType generic) {
            return generic.raw().getSimpleName();
        }
        if (type instanceof CallbackType callback) {
            return callback.erased();
        }
        return type instanceof GenericArrayType array ? erased(array.getGenericComponentType()) + "[]" : full(type);
    }
}
