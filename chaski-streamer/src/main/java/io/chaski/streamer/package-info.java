/** What programs build on topics and streams. Start at {@link io.chaski.streamer.StorageException}. */
@NullMarked
package io.chaski.streamer;

import org.jspecify.annotations.NullMarked;
