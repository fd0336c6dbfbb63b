/**
 * The main job: a mesh of processes that publish the machine's and their own JVM's live telemetry. Start at
 * {@link io.chaski.examples.telemetry.TelemetryMesh}.
 */
@NullMarked
package io.chaski.examples.telemetry;

import org.jspecify.annotations.NullMarked;
