/**
 * One event loop per node: inputs in, the protocol's outputs carried out, deliveries handed to the application. Start at {@link
 * io.chaski.core.internal.runtime.NodeRuntime}; {@code NodeStarter} puts a node together.
 */
@NullMarked
package io.chaski.core.internal.runtime;

import org.jspecify.annotations.NullMarked;
