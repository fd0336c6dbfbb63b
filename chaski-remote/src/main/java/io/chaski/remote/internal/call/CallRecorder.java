package io.chaski.remote.internal.call;

import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** Takes note of one call and answers with nothing. Used by one thread. */
final class CallRecorder {

    private @Nullable CapturedCall captured;
    private boolean isClosed;

    /**
     * Notes a call.
     *
     * @param call what was called
     * @param result the type that the method returns
     * @return null, zero or false
     * @throws IllegalArgumentException if it is the second
     * @throws IllegalStateException if nobody takes note any more
     */
    @Nullable
    Object record(CapturedCall call, Class<?> result) {
        if (isClosed) {
            throw new IllegalStateException("this proxy was for noting one call, which is over");
        }
        if (captured != null) {
            throw new IllegalArgumentException(
                    "a second call, of " + call.service() + "." + call.method().name() + ", where one was expected");
        }
        captured = call;
        boolean hasZero = result.isPrimitive() && result != void.class;
        return hasZero ? Array.get(Array.newInstance(result, 1), 0) : null;
    }

    void close() {
        isClosed = true;
    }

    /**
     * The call.
     *
     * @throws IllegalArgumentException if there was none
     */
    CapturedCall captured() {
        if (captured == null) {
            throw new IllegalArgumentException("one call of a remote method was expected, and there was none");
        }
        return captured;
    }
}
