/**
 * The side that calls: proxies, and each call from its arguments to its result over one attempt or several. Start at
 * {@code ProxyHandler}.
 */
@NullMarked
package io.chaski.remote.internal.call;

import org.jspecify.annotations.NullMarked;
