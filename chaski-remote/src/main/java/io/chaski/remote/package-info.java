/** Calls between peers, as natural as local ones: start at {@link io.chaski.remote.ChaskiRemote}. */
@NullMarked
package io.chaski.remote;

import org.jspecify.annotations.NullMarked;
