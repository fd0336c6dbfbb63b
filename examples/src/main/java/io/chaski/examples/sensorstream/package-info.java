/**
 * A sensor that measures as fast as it can, and an archive that is slow for a while: the sensor waits, and nothing is
 * lost. Start at {@link io.chaski.examples.sensorstream.SensorStream}.
 */
@NullMarked
package io.chaski.examples.sensorstream;

import org.jspecify.annotations.NullMarked;
