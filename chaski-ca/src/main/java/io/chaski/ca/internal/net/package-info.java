/**
 * Requests and replies over TLS 1.3, the only part of the authority that knows Netty. Start at {@code AuthorityListener},
 * which answers, and {@code AuthorityCall}, which asks. What is asked and answered is decided elsewhere.
 */
@NullMarked
package io.chaski.ca.internal.net;

import org.jspecify.annotations.NullMarked;
