package io.chaski.remote.internal.schedule;

import io.chaski.core.NodeId;
import io.chaski.core.codec.CodecException;
import io.chaski.remote.internal.wire.Values;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A schedule as it is kept: its parts in the form of arguments of a call. Immutable; the array is not copied. */
final class StoredSchedule {

    private static final List<Type> TYPES = List.of(NodeId.class, Order.class, String.class, long.class, byte[].class);

    private final NodeId owner;
    private final Order order;
    private final String methodName;
    private final long firstMillis;
    private final byte[] arguments;

    /**
     * A schedule.
     *
     * @param owner who made it
     * @param order what, and when
     * @param methodName remote name of the method
     * @param firstMillis when the first turn of a period is, in milliseconds since 1970
     * @param arguments encoded
     */
    StoredSchedule(NodeId owner, Order order, String methodName, long firstMillis, byte[] arguments) {
        this.owner = owner;
        this.order = order;
        this.methodName = methodName;
        this.firstMillis = firstMillis;
        this.arguments = arguments;
    }

    /**
     * Reads a schedule.
     *
     * @throws CodecException if it is anything else
     */
    static StoredSchedule decode(byte[] bytes) {
        List<@Nullable Object> parts = Values.decode(TYPES, bytes);
        if (parts.get(0) instanceof NodeId owner
                && parts.get(1) instanceof Order order
                && parts.get(2) instanceof String methodName
                && parts.get(3) instanceof Long firstMillis
                && parts.get(4) instanceof byte[] arguments) {
            return new StoredSchedule(owner, order, methodName, firstMillis, arguments);
        }
        throw new CodecException("a part is missing");
    }

    byte[] encode() {
        return Values.encode(TYPES, List.of(owner, order, methodName, firstMillis, arguments));
    }

    NodeId owner() {
        return owner;
    }

    Order order() {
        return order;
    }

    String methodName() {
        return methodName;
    }

    long firstMillis() {
        return firstMillis;
    }

    byte[] arguments() {
        return arguments;
    }
}
