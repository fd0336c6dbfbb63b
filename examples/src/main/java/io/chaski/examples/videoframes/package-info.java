/** A stream each way in one call: pictures go to a service, and come back in grey. Start at {@code VideoFrames}. */
@NullMarked
package io.chaski.examples.videoframes;

import org.jspecify.annotations.NullMarked;
