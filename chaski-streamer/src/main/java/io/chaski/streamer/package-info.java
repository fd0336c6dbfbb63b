/**
 * What programs build on topics and streams. Start at {@link io.chaski.streamer.Storage}, which keeps values by key on
 * disk.
 */
@NullMarked
package io.chaski.streamer;

import org.jspecify.annotations.NullMarked;
