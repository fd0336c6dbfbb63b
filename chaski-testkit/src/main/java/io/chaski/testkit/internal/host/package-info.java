/**
 * Where the nodes of a test live: the parts that {@link io.chaski.core.internal.runtime.NodeRuntime} takes from the
 * world, in virtual time on the simulator's network or over real sockets of loopback. Start at {@link
 * io.chaski.testkit.internal.host.World}.
 */
@NullMarked
package io.chaski.testkit.internal.host;

import org.jspecify.annotations.NullMarked;
