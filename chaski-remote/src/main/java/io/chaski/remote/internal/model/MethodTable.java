package io.chaski.remote.internal.model;

import java.lang.reflect.Method;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the methods of one interface, or of one class, lead: to remote methods, and to services inside this one. Immutable.
 *
 * @param path how one gets here from the service, such as {@code constants.physical}; empty for the service itself
 * @param type the interface or the class
 * @param methods what is called; of several methods that lead to one model, the one to invoke comes first
 * @param nested methods without parameters that are a step of a path
 */
public record MethodTable(
        String path, Class<?> type, Map<Method, MethodModel> methods, Map<Method, MethodTable> nested) {

    /** Copies the maps, in their order. */
    public MethodTable {
        methods = Collections.unmodifiableMap(new LinkedHashMap<>(methods));
        nested = Collections.unmodifiableMap(new LinkedHashMap<>(nested));
    }
}
