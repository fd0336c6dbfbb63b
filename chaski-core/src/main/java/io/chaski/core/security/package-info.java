/**
 * Who a peer is: identities as URIs, and the check that turns a certificate chain into one. Start at {@link
 * io.chaski.core.security.CertificateVerifier}. Uses the JDK alone; what issues certificates is in {@code chaski-ca}.
 */
@NullMarked
package io.chaski.core.security;

import org.jspecify.annotations.NullMarked;
