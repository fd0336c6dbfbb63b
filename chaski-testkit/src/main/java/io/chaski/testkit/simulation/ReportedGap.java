package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import java.time.Duration;

/**
 * Messages that an application was told it will not see. Immutable.
 *
 * @param topic name of the topic
 * @param origin who published them
 * @param epoch incarnation of the publisher
 * @param from first missing
 * @param to last missing
 * @param at virtual time of the report
 */
public record ReportedGap(String topic, NodeId origin, long epoch, long from, long to, Duration at) {}
