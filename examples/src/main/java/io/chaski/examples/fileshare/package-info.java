/**
 * Peers that share files: each is client and server. Start at {@code FileShare}, the program; {@code SharingPeer} is what it does,
 * {@code Console} and {@code RestGateway} are the two ways to it.
 */
@NullMarked
package io.chaski.examples.fileshare;

import org.jspecify.annotations.NullMarked;
