package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.TrustMode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node of an authority and its own certificate. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AuthorityCertificateIT {

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    @TempDir
    Path folder;

    /** Otherwise its edges end with the present one, in up to a day. */
    @Test
    void offers_its_node_a_certificate_again_that_was_refused() {
        try (ServedAuthority ca = ServedAuthority.inRealTime(folder.resolve("ca"));
                AuthorityNode joined = ca.authority.join(ChaskiNode.builder().name("authority"))) {
            NodeSecurity security = joined.node().security();
            Trust plain = ((TrustMode.Ca) security.mode()).trust();
            security.update(denyingItself(plain, security));
            ca.authority.rotateIssuing(ServedAuthority.PASSWORD, true);
            joined.look();
            assertThat(issuer(security)).isNotEqualTo(ca.authority.issuing());

            security.update(plain);

            await().atMost(PATIENCE).until(() -> issuer(security).equals(ca.authority.issuing()));
        }
    }

    private static Trust denyingItself(Trust trust, NodeSecurity security) {
        ChaskiUri own = security.identity().flatMap(PeerIdentity::uri).orElseThrow();
        DenyList denied = new DenyList(Set.of(), Set.of(), Set.of(own));
        return new Trust(trust.trustDomain(), trust.roots(), trust.revocations(), trust.isListRequired(), denied);
    }

    private static X509Certificate issuer(NodeSecurity security) {
        return ((TrustMode.Ca) security.mode()).credentials().chain().get(1);
    }
}
