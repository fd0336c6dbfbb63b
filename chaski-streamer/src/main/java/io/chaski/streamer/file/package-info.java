/** Files from node to node: pushed on topics, shared, fetched. Start at {@link io.chaski.streamer.file.FileExchange}. */
@NullMarked
package io.chaski.streamer.file;

import org.jspecify.annotations.NullMarked;
