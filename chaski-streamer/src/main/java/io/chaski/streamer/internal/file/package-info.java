/**
 * How files travel. Values and decisions without I/O: {@code FileNames}, {@code Manifest}, {@code Announcement},
 * {@code PullMessage}, {@code ChunkPlan}, {@code Sources}. Disk: {@code FileHasher}, {@code PartFile}, {@code Parts},
 * {@code Placement}. Who has what: {@code Holdings}. What goes on between nodes: {@code Exchange}.
 */
@NullMarked
package io.chaski.streamer.internal.file;

import org.jspecify.annotations.NullMarked;
