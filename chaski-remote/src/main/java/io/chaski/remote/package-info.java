/**
 * Calls between peers, as natural as local ones. Start at {@link io.chaski.remote.ChaskiRemote}: it serves objects and functions,
 * and makes proxies of those of others. {@link io.chaski.remote.CallOptions} and {@link io.chaski.remote.ServeOptions} say how;
 * {@link io.chaski.remote.CallException} is above all failures of a call, and says what is known of its effects.
 */
@NullMarked
package io.chaski.remote;

import org.jspecify.annotations.NullMarked;
