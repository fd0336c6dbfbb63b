package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.remote.OwnService;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.Service;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ServiceModel;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is served under one name and version. Immutable.
 *
 * @param name its name
 * @param model its methods
 * @param invoker calls the implementation
 * @param options who may call
 */
public record ServedService(String name, ServiceModel model, Invoker invoker, ServeOptions options) {

    private static final Logger log = LoggerFactory.getLogger(ServedService.class);

    /** Which of several services of this name it is; empty for the one without a version. */
    public String version() {
        return options.version();
    }

    /** As it is announced. */
    public Service announced() {
        return new Service(name, version(), model.signatureHash());
    }

    /** As its own node is told of it. */
    public OwnService told() {
        List<String> methods =
                model.methods().stream().map(MethodModel::signature).sorted().toList();
        return new OwnService(name, version(), methods);
    }

    /**
     * Whether a node may call. Runs code of the application: not on the event loop.
     *
     * @param caller the node
     */
    public boolean isAllowed(NodeId caller) {
        try {
            return options.callers().test(caller);
        } catch (RuntimeException | Error broken) {
            log.warn("the rule of service {} about callers failed; the call is denied", name, broken);
            return false;
        }
    }
}
