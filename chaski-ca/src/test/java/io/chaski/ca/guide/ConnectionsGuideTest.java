package io.chaski.ca.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.ChaskiNode;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.TrustMode;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The code of docs/security.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ConnectionsGuideTest {

    private final TestAuthority authority = TestAuthority.of(1, Instant.now());

    private List<X509Certificate> chain(KeyPair keys) {
        return authority.chain(authority.leaf(
                TestAuthority.MILL,
                keys.getPublic(),
                LeafUsage.BOTH,
                Instant.now().plus(Duration.ofDays(1))));
    }

    @Test
    void a_node_has_an_identity_and_renews_it() {
        KeyPair keys = KeyPairs.generate();
        PrivateKey key = keys.getPrivate();
        List<X509Certificate> chain = chain(keys);
        X509Certificate root = authority.root;
        KeyPair newKeys = KeyPairs.generate();
        Credentials renewed = new Credentials(newKeys.getPrivate(), chain(newKeys));
        // #region connections
        Trust trust = Trust.of(new TrustDomain("plant-7.example"), Set.of(root));
        try (ChaskiNode node = ChaskiNode.builder()
                .security(TrustMode.ca(new Credentials(key, chain), trust))
                .start()) {
            PeerIdentity self = node.security().identity().orElseThrow();
            assertThat(self.uri()).contains(ChaskiUri.parse("chaski://plant-7.example/node/mill-3"));

            node.security().update(renewed); // another key of the same node: its edges stay up
            assertThat(node.id()).isEqualTo(self.nodeId());
        }
        // #endregion
    }
}
