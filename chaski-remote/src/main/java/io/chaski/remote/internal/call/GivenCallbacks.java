package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.BadArgumentsException;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.internal.model.CallbackType;
import io.chaski.remote.internal.serve.Callbacks;
import io.chaski.remote.internal.serve.InterfaceInvoker;
import io.chaski.remote.internal.serve.ServedService;
import io.chaski.remote.internal.wire.CallbackName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a call passes to be called back. Each is served under a name of its own, to the node that is called at that time,
 * until the call is over. Thread-safe once made.
 */
final class GivenCallbacks {

    private final Callbacks table;
    private final List<String> names = new ArrayList<>();
    private final List<@Nullable Object> sent;

    /** Nobody, before the call is sent and when it is over. */
    private volatile Predicate<NodeId> isCalled = peer -> false;

    private GivenCallbacks(Callbacks table, List<@Nullable Object> sent) {
        this.table = table;
        this.sent = sent;
    }

    /**
     * Serves what is to be called back.
     *
     * @param calling makes the call
     * @param target what is called
     * @param arguments what is passed
     * @throws BadArgumentsException if one is not of its interface
     * @throws PeerBusyException if there are too many of all calls
     */
    static GivenCallbacks of(Calling calling, Target target, List<@Nullable Object> arguments) {
        if (!target.method().hasCallbacks()) {
            return new GivenCallbacks(calling.callbacks(), arguments);
        }
        GivenCallbacks given = new GivenCallbacks(calling.callbacks(), new ArrayList<>(arguments));
        List<?> types = target.method().parameters();
        for (int i = 0; i < types.size() && i < arguments.size(); i++) {
            Object argument = arguments.get(i);
            if (argument != null && types.get(i) instanceof CallbackType type) {
                given.sent.set(i, given.serve(argument, type, calling, target));
            }
        }
        return given;
    }

    private String serve(Object callback, CallbackType type, Calling calling, Target target) {
        if (!type.type().isInstance(callback)) {
            end();
            throw new BadArgumentsException(
                    null, target.label() + ": a " + callback.getClass().getName() + " is no " + type.text());
        }
        CallbackName name = CallbackName.random(type, calling.random());
        ServedService service = new ServedService(
                CallbackName.label(type),
                type.model(),
                new InterfaceInvoker(type.model(), callback),
                ServeOptions.onlyFor(peer -> isCalled.test(peer)));
        if (!table.tryAdd(name.service(), service)) {
            end();
            throw new PeerBusyException(null, target.label() + ": too many callbacks are waited for");
        }
        names.add(name.service());
        return name.toString();
    }

    /** What is sent. */
    List<@Nullable Object> arguments() {
        return sent;
    }

    /**
     * Says who may call back.
     *
     * @param peer whether it is a node's turn to execute the call
     */
    void allow(Predicate<NodeId> peer) {
        isCalled = peer;
    }

    /** The call is over, or will not be made. Does nothing the second time. */
    void end() {
        isCalled = peer -> false;
        names.forEach(table::remove);
    }
}
