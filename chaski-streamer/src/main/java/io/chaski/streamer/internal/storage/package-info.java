/**
 * The local part of the storage. Start at {@code StorageWriter}, which decides in which order and how many at a time
 * writes become durable; {@code KvStore} is what it needs of a library that keeps pairs on disk.
 */
@NullMarked
package io.chaski.streamer.internal.storage;

import org.jspecify.annotations.NullMarked;
