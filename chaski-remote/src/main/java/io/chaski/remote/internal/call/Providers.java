package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.CallOptions;
import java.util.List;

/** Says who may execute a call. Asked for each call, on the caller's thread; does not wait. Thread-safe. */
@FunctionalInterface
public interface Providers {

    /**
     * The nodes to try, in this order.
     *
     * @param service name of the service
     * @param signatureHash SHA-256 of the caller's interface, in hexadecimal digits
     * @param options what holds for the call
     * @return empty if there is nobody
     */
    List<NodeId> candidates(String service, String signatureHash, CallOptions options);

    /**
     * One node and no other.
     *
     * @param node who
     */
    static Providers at(NodeId node) {
        List<NodeId> only = List.of(node);
        return (service, signatureHash, options) -> only;
    }
}
