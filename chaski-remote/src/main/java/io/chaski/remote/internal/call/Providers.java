package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.CallOptions;
import java.util.Iterator;
import java.util.List;

/** Says who may execute a call. Asked for each call; does not wait. Thread-safe. */
@FunctionalInterface
public interface Providers {

    /**
     * The nodes to try, in this order.
     *
     * @param service name of the service
     * @param signatureHash SHA-256 of the caller's interface, in hexadecimal digits; empty if any interface will do
     * @param options what holds for the call
     * @return without elements if there is nobody; read by one thread at a time, each element when those before it have failed
     */
    Iterator<Candidate> candidates(String service, String signatureHash, CallOptions options);

    /** Names of services that somebody serves, for the message when nobody serves what is called; at most 64. */
    default List<String> known() {
        return List.of();
    }

    /**
     * One version of a service at one node, and no other.
     *
     * @param candidate who
     */
    static Providers only(Candidate candidate) {
        List<Candidate> only = List.of(candidate);
        return (service, signatureHash, options) -> only.iterator();
    }

    /**
     * One node and no other.
     *
     * @param node who
     */
    static Providers at(NodeId node) {
        return (service, signatureHash, options) ->
                List.of(new Candidate(node, options.version().orElse(""))).iterator();
    }
}
