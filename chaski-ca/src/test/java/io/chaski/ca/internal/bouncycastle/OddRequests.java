package io.chaski.ca.internal.bouncycastle;

import java.security.KeyPair;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Certificate requests that we do not write ourselves. */
public final class OddRequests {

    private OddRequests() {}

    /** A key and nothing else, as from a tool that knows nothing of identities. */
    public static byte[] withoutName(KeyPair keys) throws Exception {
        return new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
    }
}
