package io.chaski.core.internal.netty.tls;

import io.chaski.core.security.Credentials;
import io.chaski.core.security.VectorFile;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/** Keys with certificates of their own, which were once made and written down. */
final class StoredCredentials {

    /** With a key that takes part. */
    static final Credentials P256 = read("P256");

    /** With a key that does not. */
    static final Credentials P521 = read("P521");

    private StoredCredentials() {}

    private static Credentials read(String name) {
        VectorFile vectors = new VectorFile("/security/self-signed.txt");
        try {
            PrivateKey key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(vectors.vector(name + "_KEY")));
            return new Credentials(key, List.of(VectorFile.certificate(vectors.vector(name + "_CERTIFICATE"))));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
