/**
 * What programs build on topics and streams: {@link io.chaski.streamer.ChaskiStreamer} makes bounded queues of topics,
 * {@link io.chaski.streamer.DurableTopic} keeps messages for those that were away, {@code io.chaski.streamer.work} hands out jobs,
 * {@link io.chaski.streamer.Storage} keeps values by key on disk, {@code io.chaski.streamer.file} carries files.
 */
@NullMarked
package io.chaski.streamer;

import org.jspecify.annotations.NullMarked;
