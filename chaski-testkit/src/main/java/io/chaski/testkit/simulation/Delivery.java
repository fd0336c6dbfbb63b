package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.ArrayPayload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A message that reached an application. Immutable.
 *
 * @param topic name of the topic
 * @param origin who published it
 * @param epoch incarnation of the publisher
 * @param seq its number within its source
 * @param hop edges it crossed
 * @param at virtual time of the delivery
 * @param payload what was published
 */
public record Delivery(String topic, NodeId origin, long epoch, long seq, int hop, Duration at, ArrayPayload payload) {

    /** The payload as the text it was published with. */
    public String text() {
        return new String(payload.toByteArray(), StandardCharsets.UTF_8);
    }
}
