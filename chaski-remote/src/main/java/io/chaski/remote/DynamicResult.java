package io.chaski.remote;

import io.chaski.core.TypeRef;
import io.chaski.remote.internal.call.PlainValues;
import org.jspecify.annotations.Nullable;

/** The result of a call without an interface, see {@link DynamicService}. Immutable, but for bytes. */
public final class DynamicResult {

    private final @Nullable Object value;

    DynamicResult(@Nullable Object value) {
        this.value = value;
    }

    /**
     * The result in terms of Java: {@code Map} with texts as keys (of maps and records), {@code List}, {@code String} (also of enums,
     * times and ids), {@code Long}, {@code Double}, {@code Boolean}, {@code byte[]}, {@code BigInteger} and {@code BigDecimal} for what
     * these do not hold, or null, also if the method has no result.
     */
    public @Nullable Object value() {
        return value;
    }

    /**
     * The result as a type.
     *
     * @param type one that travels, as in an interface; records, enums and arrays too
     * @return null if the result is null
     * @throws IllegalArgumentException if it is no type that travels
     * @throws BadAnswerException if the result is none of it
     */
    @SuppressWarnings("unchecked") // the type says what is returned; a primitive's class has no cast of its own
    public <T> @Nullable T as(Class<T> type) {
        return (T) PlainValues.as(value, type);
    }

    /**
     * The result as a generic type.
     *
     * @param type as for {@link #as(Class)}
     * @return as {@link #as(Class)}, which also says what is thrown
     */
    @SuppressWarnings("unchecked") // the type says what is returned
    public <T> @Nullable T as(TypeRef<T> type) {
        return (T) PlainValues.as(value, type.type());
    }

    /** Says that there is a result, and not which: it may be secret. */
    @Override
    public String toString() {
        return value == null ? "null" : "a " + value.getClass().getSimpleName();
    }
}
