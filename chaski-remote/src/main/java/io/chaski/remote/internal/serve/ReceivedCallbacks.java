package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.core.codec.CodecException;
import io.chaski.remote.internal.context.CallLife;
import io.chaski.remote.internal.context.CurrentCall;
import io.chaski.remote.internal.model.CallbackType;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.wire.CallbackName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The callbacks among the arguments of one call: they can be called until it is over. Thread-safe. */
final class ReceivedCallbacks {

    private final NodeId caller;
    private final CallLife life;
    private final CallbackFactory factory;

    /**
     * Those of one call.
     *
     * @param call that is executed
     * @param factory makes them
     */
    ReceivedCallbacks(CurrentCall call, CallbackFactory factory) {
        this.caller = call.caller();
        this.life = new CallLife(call);
        this.factory = factory;
    }

    /**
     * The arguments with objects in place of names.
     *
     * @param method what is called
     * @param decoded as they arrived
     * @throws CodecException if one is no name, or that of another interface
     */
    List<@Nullable Object> in(MethodModel method, List<@Nullable Object> decoded) {
        List<@Nullable Object> arguments = new ArrayList<>(decoded);
        for (int i = 0; i < arguments.size(); i++) {
            if (method.parameters().get(i) instanceof CallbackType type && decoded.get(i) instanceof String text) {
                arguments.set(i, factory.proxy(caller, type, nameOf(text, type, i), life));
            }
        }
        return arguments;
    }

    private static String nameOf(String text, CallbackType type, int index) {
        return CallbackName.parse(text)
                .filter(name -> name.hash().equals(type.hash()))
                .map(CallbackName::service)
                .orElseThrow(() -> new CodecException("argument " + (index + 1) + ": no callback " + type.text()));
    }

    /** The call is over. */
    void end() {
        life.end();
    }
}
