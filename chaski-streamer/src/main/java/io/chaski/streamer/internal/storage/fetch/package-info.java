/** Entries of a storage for peers: the exchange on a stream, from both sides. Start at {@code EntryProtocol}. */
@NullMarked
package io.chaski.streamer.internal.storage.fetch;

import org.jspecify.annotations.NullMarked;
