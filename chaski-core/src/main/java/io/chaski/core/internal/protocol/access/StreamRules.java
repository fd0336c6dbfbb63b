package io.chaski.core.internal.protocol.access;

import io.chaski.core.security.policy.Action;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to open a stream. Protocols of the library's modules look closer themselves, at the method or the topic, which
 * is not known before the first message. All others are a kind of call: {@code rpc.call} with the name of the protocol.
 */
final class StreamRules {

    private StreamRules() {}

    /** What somebody must be allowed with at least one object; null if the name of the protocol is the object of a call. */
    static @Nullable Action needed(String protocol) {
        return switch (protocol) {
            case "chaski.call", "chaski.describe" -> Action.RPC_CALL;
            case "chaski/files/pull/1", "chaski/files/find/1" -> Action.FILE_RECEIVE;
            default -> null;
        };
    }
}
