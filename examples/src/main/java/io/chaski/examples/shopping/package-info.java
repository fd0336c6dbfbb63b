/** A list that two processes share: one keeps it, the other calls it, over TCP or a UNIX domain socket. */
@NullMarked
package io.chaski.examples.shopping;

import org.jspecify.annotations.NullMarked;
