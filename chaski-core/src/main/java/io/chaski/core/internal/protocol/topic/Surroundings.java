package io.chaski.core.internal.protocol.topic;

import io.chaski.core.internal.protocol.find.Discovery;
import io.chaski.core.internal.protocol.member.NonMember;

/**
 * What the topics of one node share.
 *
 * @param discovery finds members
 * @param strangers answers who takes this node for a member
 * @param sequences where this node's numbers go on when a topic comes back
 * @param leases how much this node carries for others
 * @param relays whom this node may ask to carry a topic
 */
record Surroundings(Discovery discovery, NonMember strangers, OwnSequences sequences, Leases leases, Relays relays) {}
