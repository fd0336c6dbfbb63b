/** Certificates, requests, revocation lists and encrypted keys: the only package that knows Bouncy Castle. */
@NullMarked
package io.chaski.ca.internal.bouncycastle;

import org.jspecify.annotations.NullMarked;
