/**
 * Who the neighbours of a topic are. Start at {@link io.chaski.core.internal.protocol.member.Membership}; the usual kind
 * is {@link io.chaski.core.internal.protocol.member.HyParView}, a random graph that keeps itself connected, the other
 * {@link io.chaski.core.internal.protocol.member.ManualTopology}, the edges the application asked for. Every number is in
 * {@link io.chaski.core.internal.protocol.member.MembershipSettings}, with its reason.
 */
@NullMarked
package io.chaski.core.internal.protocol.member;

import org.jspecify.annotations.NullMarked;
