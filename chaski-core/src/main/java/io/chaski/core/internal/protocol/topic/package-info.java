/**
 * The topics of this node: each joins a membership with a broadcast tree. Start at {@code Topics}, then {@code
 * TopicOverlay}. Links that are not between members have classes of their own: {@code FanOut} and {@code Guests} are the
 * two ends of a publisher's that does not subscribe, {@code Carrier} and {@code Clients} those of a relay's.
 */
@NullMarked
package io.chaski.core.internal.protocol.topic;

import org.jspecify.annotations.NullMarked;
