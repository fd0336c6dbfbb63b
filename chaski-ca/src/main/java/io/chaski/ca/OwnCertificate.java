package io.chaski.ca;

import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.node.RenewalTime;
import io.chaski.core.security.ChaskiUri;
import java.security.KeyPair;
import java.util.List;

/**
 * What an authority proves with who it is: a certificate of the role {@code ca} that it gives itself, and replaces at two
 * thirds of its life. The key is never on a disk. Confined to one thread at a time.
 */
final class OwnCertificate {

    private final CertificateAuthority authority;
    private final ChaskiUri name;
    private final LeafUsage usage;
    private NodeCredentials current;

    /**
     * The first one.
     *
     * @param authority gives it
     * @param usage which side of a connection it is for
     * @throws EnrolmentException if it cannot
     */
    OwnCertificate(CertificateAuthority authority, LeafUsage usage) {
        this.authority = authority;
        this.name = new ChaskiUri(authority.options().trustDomain(), ChaskiUri.Role.CA, List.of("authority"));
        this.usage = usage;
        this.current = next();
    }

    NodeCredentials current() {
        return current;
    }

    /** Whether it is time for the next one, or another key signs by now. */
    boolean isDue() {
        if (!current.chain().get(1).equals(authority.issuing())) {
            return true;
        }
        return !authority.now().isBefore(RenewalTime.of(current.chain().get(0)));
    }

    /**
     * Takes the next one.
     *
     * @throws EnrolmentException if there is none; the present one stays
     */
    void renew() {
        current = next();
    }

    private NodeCredentials next() {
        KeyPair keys = KeyPairs.generate();
        return new NodeCredentials(
                keys.getPrivate(), authority.issue(name, CertificateRequest.write(keys, name), usage));
    }
}
