/** Entries of a storage for peers: the exchange on a stream, from both sides. Start at {@code Exchange}. */
@NullMarked
package io.chaski.streamer.internal.sharing;

import org.jspecify.annotations.NullMarked;
