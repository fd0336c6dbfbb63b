/** Calls between peers, as natural as local ones: {@code ChaskiRemote} serves Java interfaces and calls those of others. */
@NullMarked
package io.chaski.remote;

import org.jspecify.annotations.NullMarked;
