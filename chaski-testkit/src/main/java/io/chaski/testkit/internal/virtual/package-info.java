/**
 * A network in virtual time: machines, connections and datagrams between them, faults. It knows frames, not nodes, so
 * that the simulator drives bare protocol machines on it and whole nodes can run on it too. Start at {@link
 * io.chaski.testkit.internal.virtual.VirtualNetwork}.
 */
@NullMarked
package io.chaski.testkit.internal.virtual;

import org.jspecify.annotations.NullMarked;
