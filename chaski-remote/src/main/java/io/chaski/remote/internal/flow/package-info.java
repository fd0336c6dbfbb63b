/**
 * Streams of items beside the arguments and the result of a call, the same on both sides. {@code ItemInbox} takes what arrives,
 * {@code IncomingItems} makes objects of it, {@code ItemPublisher} and {@code ItemIterator} hand them on; {@code OutgoingItems}
 * sends.
 */
@NullMarked
package io.chaski.remote.internal.flow;

import org.jspecify.annotations.NullMarked;
