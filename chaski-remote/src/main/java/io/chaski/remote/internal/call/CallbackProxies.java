package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.internal.context.CallLife;
import io.chaski.remote.internal.model.CallbackType;
import io.chaski.remote.internal.serve.CallbackFactory;

/**
 * Proxies that call the node back whose call is executed.
 *
 * @param calling makes the calls
 */
public record CallbackProxies(Calling calling) implements CallbackFactory {

    @Override
    public Object proxy(NodeId caller, CallbackType type, String service, CallLife life) {
        return ProxyHandler.callback(calling, type.model(), service, Providers.at(caller), life);
    }
}
