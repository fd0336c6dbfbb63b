package io.chaski.remote.internal.call;

import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ServiceModel;

/**
 * What is called. Immutable.
 *
 * @param service name of the service
 * @param model the caller's view of it
 * @param method one of its methods
 * @param providers who may execute it
 */
record Target(String service, ServiceModel model, MethodModel method, Providers providers) {

    /** The same method at other nodes. */
    Target at(Providers others) {
        return new Target(service, model, method, others);
    }

    /** For people. */
    String label() {
        return service + "." + method.name();
    }
}
