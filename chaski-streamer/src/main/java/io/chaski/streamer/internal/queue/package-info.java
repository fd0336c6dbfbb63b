/**
 * Work queues. Machines without I/O, threads and clocks decide everything: {@link io.chaski.streamer.internal.queue.Ledger} at the
 * submitter, {@link io.chaski.streamer.internal.queue.Desk} at the worker; a third one, {@link io.chaski.streamer.internal.queue.CopyBook}, what
 * keepers are told of jobs that have copies. {@link io.chaski.streamer.internal.queue.QueueRuntime} brings
 * both to a node.
 */
@NullMarked
package io.chaski.streamer.internal.queue;

import org.jspecify.annotations.NullMarked;
