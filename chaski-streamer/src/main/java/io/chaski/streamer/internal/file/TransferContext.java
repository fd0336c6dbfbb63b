package io.chaski.streamer.internal.file;

import io.chaski.core.stream.NodeStreams;
import io.chaski.streamer.file.FileOptions;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What all transfers of an exchange share. Immutable.
 *
 * @param streams of the node
 * @param options bounds
 * @param disk writes, and knows how full it is
 * @param room checks quota and free space
 * @param holdings gets what has arrived
 * @param hashedFiles what files of this machine are
 * @param threads for work on the disk
 * @param hashing for reading whole files
 * @param receivedHashing for hashing files while they come
 * @param callbacks for listeners
 * @param clock monotonic, in nanoseconds
 * @param random thread-safe
 * @param counters of the exchange
 * @param rights what policies say
 */
record TransferContext(
        NodeStreams streams,
        FileOptions options,
        Disk disk,
        Room room,
        Holdings holdings,
        HashedFiles hashedFiles,
        Executor threads,
        Executor hashing,
        Executor receivedHashing,
        Executor callbacks,
        LongSupplier clock,
        RandomGenerator random,
        FileCounters counters,
        FileRights rights) {}
