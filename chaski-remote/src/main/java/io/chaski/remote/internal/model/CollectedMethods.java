package io.chaski.remote.internal.model;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of a service while it is read, those of the services inside it included. Confined to one thread. */
final class CollectedMethods {

    /** A larger service would not fit into one answer of {@code chaski.describe}, and nobody reads it. */
    static final int MAX_METHODS = 1_024;

    private final Class<?> type;
    private final boolean isServed;
    private final Map<MethodKey, MethodModel> byKey = new LinkedHashMap<>();

    /**
     * None yet.
     *
     * @param type the outermost interface or class
     * @param isServed whether each name may lead to one method only; a caller may have several names for one method, as long as
     *     they mean the same
     */
    CollectedMethods(Class<?> type, boolean isServed) {
        this.type = type;
        this.isServed = isServed;
    }

    void add(MethodModel model) {
        @Nullable MethodModel other = byKey.putIfAbsent(model.key(), model);
        if (other != null && (isServed || !other.signature().equals(model.signature()))) {
            throw new IllegalArgumentException(type.getName() + ": two methods are called " + model.signature());
        }
        if (byKey.size() > MAX_METHODS) {
            throw new IllegalArgumentException(type.getName() + " has more than " + MAX_METHODS
                    + " remote methods, those of nested services included");
        }
    }

    /** All of them, one for each key. */
    Collection<MethodModel> all() {
        if (byKey.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " has 0 remote methods, not 1 to " + MAX_METHODS);
        }
        return Collections.unmodifiableCollection(byKey.values());
    }
}
