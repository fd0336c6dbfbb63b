package io.chaski.remote.internal.model;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Everything that can be called under one name: a table by method and by key. Immutable. */
public final class ServiceModel {

    private final String typeName;
    private final Map<Method, MethodModel> byMethod;
    private final Map<MethodKey, MethodModel> byKey = new LinkedHashMap<>();
    private final String signature;
    private final String hash;

    /**
     * What can be called.
     *
     * @param byMethod of several methods that lead to one model, the one to invoke comes first
     */
    ServiceModel(String typeName, Collection<MethodModel> methods, Map<Method, MethodModel> byMethod) {
        this.typeName = typeName;
        this.byMethod = Collections.unmodifiableMap(new LinkedHashMap<>(byMethod));
        methods.forEach(method -> byKey.putIfAbsent(method.key(), method));
        TreeSet<String> signatures = new TreeSet<>();
        methods.forEach(method -> signatures.add(method.signature()));
        this.signature = String.join("; ", signatures);
        this.hash = HexFormat.of().formatHex(MethodKey.sha256(signature));
    }

    /** The method that a name on the wire leads to, or null. */
    public @Nullable MethodModel find(MethodKey key) {
        return byKey.get(key);
    }

    /** The remote method of a method of the interface, or null if it is not remote. */
    public @Nullable MethodModel find(Method method) {
        return byMethod.get(method);
    }

    /** The method of the interface that runs a remote one, in a model that is served: of several that override each other the nearest. */
    public Method methodOf(MethodModel remote) {
        for (Map.Entry<Method, MethodModel> entry : byMethod.entrySet()) {
            if (entry.getValue().equals(remote)) {
                return entry.getKey();
            }
        }
        throw new IllegalArgumentException("not of this interface: " + remote.signature());
    }

    /** All methods, one for each key. */
    public Collection<MethodModel> methods() {
        return Collections.unmodifiableCollection(byKey.values());
    }

    /** The methods as text, sorted. */
    public String signature() {
        return signature;
    }

    /** SHA-256 of {@link #signature()} in hexadecimal digits. */
    public String hash() {
        return hash;
    }

    /** Simple name of the interface, for people. */
    public String typeName() {
        return typeName;
    }
}
