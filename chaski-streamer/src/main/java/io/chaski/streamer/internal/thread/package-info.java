/** How tasks share threads, for files and for durable topics. */
@NullMarked
package io.chaski.streamer.internal.thread;

import org.jspecify.annotations.NullMarked;
