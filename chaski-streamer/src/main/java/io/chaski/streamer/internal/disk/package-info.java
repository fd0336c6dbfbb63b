/** What storage and files both need of the operating system: locks, durable names, and what its failures mean. */
@NullMarked
package io.chaski.streamer.internal.disk;

import org.jspecify.annotations.NullMarked;
