package io.chaski.remote.internal.call;

import io.chaski.remote.CallException;
import io.chaski.remote.internal.wire.Body;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended: with a body, or with a failure. Immutable.
 *
 * @param body result or declared exception
 * @param failure why there is neither
 * @param next what may be tried instead, as far as the method allows it
 */
record AttemptEnd(@Nullable Body body, @Nullable CallException failure, Next next) {

    /** What may be tried after a failure. */
    enum Next {
        /** It would end the same way everywhere. */
        NOTHING,
        /** It would end the same way at this node. */
        ANOTHER_NODE,
        /** It may end otherwise, here or elsewhere. */
        AGAIN,
        /** As {@link #AGAIN}, under a new call id: the old one has been used up. */
        AGAIN_ANEW
    }

    static AttemptEnd of(Body body) {
        return new AttemptEnd(body, null, Next.NOTHING);
    }

    static AttemptEnd failed(CallException failure, Next next) {
        return new AttemptEnd(null, failure, next);
    }
}
