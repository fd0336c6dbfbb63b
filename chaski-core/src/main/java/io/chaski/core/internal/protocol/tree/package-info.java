/**
 * How a message reaches all members of a topic. Start at {@link io.chaski.core.internal.protocol.tree.Broadcast}, the
 * state machine of one topic, which takes all inputs. {@code Neighbours} decides who is sent a message and who is only
 * told of it, {@code Repair} asks for what did not come, {@code Digests} finds what nobody told of. {@code Origins}
 * keeps one {@code OriginLog} per source: duplicates, order, gaps. {@code PayloadCache} keeps recent messages for
 * others.
 */
@NullMarked
package io.chaski.core.internal.protocol.tree;

import org.jspecify.annotations.NullMarked;
