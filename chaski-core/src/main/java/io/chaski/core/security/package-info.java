/**
 * Who a peer is. Start at {@link io.chaski.core.security.TrustMode}, which a node is given, and {@link
 * io.chaski.core.security.NodeSecurity}, which changes it while the node runs; {@link
 * io.chaski.core.security.CertificateVerifier} is the check that turns a certificate chain into an identity. Uses the JDK
 * alone; what issues certificates is in {@code chaski-ca}.
 */
@NullMarked
package io.chaski.core.security;

import org.jspecify.annotations.NullMarked;
