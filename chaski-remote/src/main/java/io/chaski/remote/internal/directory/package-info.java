/**
 * Who serves what: the records of providers on the system topic. Start at {@code ServiceDirectory}; what decides is
 * {@code DirectoryProtocol}, without clock, threads or node.
 */
@NullMarked
package io.chaski.remote.internal.directory;

import org.jspecify.annotations.NullMarked;
