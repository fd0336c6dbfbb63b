/**
 * An authority that gives nodes their certificates. Start at {@link io.chaski.ca.CertificateAuthority}; {@link
 * io.chaski.ca.AuthorityServer} answers nodes, and {@link io.chaski.ca.NodeCredentials} is what a node keeps. A node itself needs
 * {@code NodeBuilder.enroll} only.
 */
@NullMarked
package io.chaski.ca;

import org.jspecify.annotations.NullMarked;
