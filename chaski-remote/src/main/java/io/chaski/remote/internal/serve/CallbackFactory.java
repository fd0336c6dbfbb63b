package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.remote.internal.context.CallLife;
import io.chaski.remote.internal.model.CallbackType;

/** Makes what an implementation calls its caller back through. Thread-safe. */
@FunctionalInterface
public interface CallbackFactory {

    /**
     * An object of the interface that calls the caller.
     *
     * @param caller who made the call
     * @param type of the parameter
     * @param service name under which the caller serves it
     * @param life that of the call
     */
    Object proxy(NodeId caller, CallbackType type, String service, CallLife life);
}
