/** The side that executes: what is served, and each call from the stream to the answer. Start at {@code CallAcceptor}. */
@NullMarked
package io.chaski.remote.internal.serve;

import org.jspecify.annotations.NullMarked;
