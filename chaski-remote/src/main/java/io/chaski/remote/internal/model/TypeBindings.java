package io.chaski.remote.internal.model;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the type variables of an interface, or of a record, stand for. Immutable once made. */
final class TypeBindings {

    private final Map<TypeVariable<?>, Type> bound = new HashMap<>();

    private TypeBindings() {}

    /** The variables of the types that an interface or a class extends, as far as it says what they are. */
    static TypeBindings ofInterface(Class<?> type) {
        TypeBindings bindings = new TypeBindings();
        bindings.bindSupertypes(type);
        return bindings;
    }

    /** The variables of a generic interface, and of those that it extends. */
    static TypeBindings ofInterface(GenericType type) {
        TypeBindings bindings = of(type);
        bindings.bindSupertypes(type.raw());
        return bindings;
    }

    /** The class of a resolved type; that of objects if it is a variable or an array of a generic type. */
    static Class<?> raw(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        return type instanceof GenericType generic ? generic.raw() : Object.class;
    }

    /** The variables of a generic class with its arguments. */
    static TypeBindings of(GenericType type) {
        TypeBindings bindings = new TypeBindings();
        bindings.bind(type.raw(), type.arguments());
        return bindings;
    }

    private void bindSupertypes(Class<?> type) {
        List<Type> parents = new ArrayList<>(List.of(type.getGenericInterfaces()));
        if (type.getGenericSuperclass() != null) {
            parents.add(type.getGenericSuperclass());
        }
        for (Type parent : parents) {
            Type resolved = resolve(parent);
            if (resolved instanceof GenericType generic) {
                bind(generic.raw(), generic.arguments());
                bindSupertypes(generic.raw());
            } else if (resolved instanceof Class<?> plain) {
                bindSupertypes(plain);
            }
        }
    }

    private void bind(Class<?> raw, List<Type> arguments) {
        TypeVariable<?>[] variables = raw.getTypeParameters();
        for (int i = 0; i < variables.length; i++) {
            bound.put(variables[i], arguments.get(i));
        }
    }

    /** The type with its variables replaced, each generic type in it a {@link GenericType}. Unknown variables stay. */
    Type resolve(Type type) {
        if (type instanceof TypeVariable<?> variable) {
            return bound.getOrDefault(variable, variable);
        }
        if (type instanceof ParameterizedType generic) {
            List<Type> arguments = new ArrayList<>();
            for (Type argument : generic.getActualTypeArguments()) {
                arguments.add(resolve(argument));
            }
            return new GenericType((Class<?>) generic.getRawType(), arguments);
        }
        if (type instanceof GenericArrayType array) {
            Type component = resolve(array.getGenericComponentType());
            return component instanceof Class<?> plain
                    ? Array.newInstance(plain, 0).getClass()
                    : new GenericArray(component);
        }
        return type;
    }

    /**
     * An array of a generic type.
     *
     * @param component what it holds
     */
    record GenericArray(Type component) implements GenericArrayType {
        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public String toString() {
            return component.getTypeName() + "[]";
        }
    }
}
