package io.chaski.remote.internal.model;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An exception that a method declares and that arrives as itself. Immutable.
 *
 * @param name its simple name, which travels; compared with this table and never looked up anywhere else
 * @param type the class
 * @param factory makes one from its message
 */
public record DeclaredError(
        String name, Class<? extends Throwable> type, Function<@Nullable String, ? extends Throwable> factory) {}
