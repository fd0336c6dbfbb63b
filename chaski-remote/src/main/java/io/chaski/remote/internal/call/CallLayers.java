package io.chaski.remote.internal.call;

import io.chaski.remote.CallOptions;
import io.chaski.remote.internal.model.MethodModel;

/** The layers of options that are the same for all calls of a remote. Stateless. */
final class CallLayers {

    private static final CallOptions LAST = CallOptions.builder()
            .deadline(CallOptions.DEFAULT_DEADLINE)
            .attempts(CallOptions.DEFAULT_ATTEMPTS)
            .build();

    /** A stream lasts as long as its connection, unless somebody says otherwise. */
    private static final CallOptions LAST_OF_STREAMS =
            CallOptions.builder().attempts(CallOptions.DEFAULT_ATTEMPTS).build();

    private CallLayers() {}

    /** What is said near the call of a method, what is said for the remote, and the defaults. */
    static CallOptions of(CallOptions near, Calling calling, MethodModel method) {
        return near.over(calling.options().calls()).over(method.streams().isAny() ? LAST_OF_STREAMS : LAST);
    }

    /** What is said near the call, what is said for the remote, and the defaults. */
    static CallOptions of(CallOptions near, Calling calling) {
        return near.over(calling.options().calls()).over(LAST);
    }
}
