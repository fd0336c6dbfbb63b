/**
 * An authority that gives nodes their certificates. Start at {@link io.chaski.ca.CertificateAuthority}; {@link
 * io.chaski.ca.NodeCredentials} is what a node keeps.
 */
@NullMarked
package io.chaski.ca;

import org.jspecify.annotations.NullMarked;
