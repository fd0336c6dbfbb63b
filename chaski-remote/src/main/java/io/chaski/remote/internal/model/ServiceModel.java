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

    private static final int SIGNATURE_DIGITS = 16;
    private static final int HEXADECIMAL = 16;

    private final String typeName;
    private final MethodTable table;
    private final Map<MethodKey, MethodModel> byKey = new LinkedHashMap<>();
    private final String signature;
    private final String hash;

    ServiceModel(String typeName, Collection<MethodModel> methods, MethodTable table) {
        this.typeName = typeName;
        this.table = table;
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
        return table.methods().get(method);
    }

    /** Where the methods of the interface lead, those of services inside it included. */
    public MethodTable table() {
        return table;
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

    /** The first 64 bits of {@link #hash()}, by which records of services tell whether an attempt is worth while. */
    public long signatureHash() {
        return signatureHash(hash);
    }

    /**
     * The first 64 bits of a hash.
     *
     * @param hash as {@link #hash()}
     */
    public static long signatureHash(String hash) {
        return Long.parseUnsignedLong(hash.substring(0, SIGNATURE_DIGITS), HEXADECIMAL);
    }

    /** Simple name of the interface, for people. */
    public String typeName() {
        return typeName;
    }
}
