package io.chaski.core.internal.protocol.access;

import io.chaski.core.security.policy.Action;
import java.util.List;

/**
 * What it takes to open a stream. Protocols of the library's modules look closer themselves, at the method or the topic, which
 * is not known before the first message. All others are a kind of call: {@code rpc.call} with the name of the protocol.
 */
public final class StreamRules {

    /** Best-effort messages are no streams, and policies name them as if they were the protocol of one. */
    public static final String DATAGRAMS = "chaski.datagram";

    private static final List<Action> CALLS = List.of(Action.RPC_CALL, Action.RPC_SERVE);
    private static final List<Action> FILES = List.of(Action.FILE_RECEIVE);

    /** Who publishes and who keeps, who keeps and who reads; a keeper looks closer, at the topic and at what for. */
    private static final List<Action> DURABLE = List.of(Action.PUBLISH, Action.DURABLE_CREATE, Action.DURABLE_CONSUME);

    private StreamRules() {}

    /**
     * Whether policies speak of a protocol by its name.
     *
     * @param protocol name of a stream's protocol
     */
    public static boolean isNamedByPolicies(String protocol) {
        return needed(protocol).isEmpty();
    }

    /**
     * Of what somebody must be allowed one with at least one object; empty if the name of the protocol is the object of a call.
     * Whoever serves calls back.
     */
    static List<Action> needed(String protocol) {
        return switch (protocol) {
            case "chaski.call", "chaski.describe" -> CALLS;
            case "chaski/files/pull/1", "chaski/files/find/1" -> FILES;
            case "chaski/durable/1" -> DURABLE;
            default -> List.of();
        };
    }
}
