package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.internal.model.ServiceModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is served under one name. Immutable.
 *
 * @param name its name
 * @param model its methods
 * @param invoker calls the implementation
 * @param options who may call
 */
public record ServedService(String name, ServiceModel model, Invoker invoker, ServeOptions options) {

    private static final Logger log = LoggerFactory.getLogger(ServedService.class);

    /**
     * Whether a node may call. Runs code of the application: not on the event loop.
     *
     * @param caller the node
     */
    boolean isAllowed(NodeId caller) {
        try {
            return options.callers().test(caller);
        } catch (RuntimeException | Error broken) {
            log.warn("the rule of service {} about callers failed; the call is denied", name, broken);
            return false;
        }
    }
}
