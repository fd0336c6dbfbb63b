/**
 * How a message reaches all members of a topic. Start at {@link io.chaski.core.internal.protocol.tree.Broadcast}, the
 * state machine of one topic, which takes all inputs. {@code Neighbours} decides who is sent a message and who is only
 * told of it, {@code Repair} asks for what did not come, {@code Digests} finds what nobody told of. {@code Origins}
 * keeps one {@code OriginLog} per source: duplicates, order, gaps. {@code PayloadCache} keeps recent messages for
 * others. {@code FlowControl} makes publishers wait for those who must not miss anything. On signed topics messages wait in
 * {@code Signing} until they are signed, and in {@code Checking} until somebody has looked at their proofs.
 */
@NullMarked
package io.chaski.core.internal.protocol.tree;

import org.jspecify.annotations.NullMarked;
