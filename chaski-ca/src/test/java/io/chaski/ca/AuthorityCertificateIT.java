package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustMode;
import java.io.IOException;
import java.nio.file.Files;
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

    /** Otherwise the thief says with a huge number what nothing of the authority outranks any more. */
    @Test
    void its_node_takes_nothing_that_a_stolen_key_has_signed_once_that_is_denied() throws IOException {
        try (ServedAuthority ca = ServedAuthority.inRealTime(folder.resolve("ca"))) {
            SignedBundle before = ca.authority.signedBundle();
            Fingerprint stolen = Fingerprint.of(ca.authority.issuing().getPublicKey());
            ca.authority.rotateIssuing(ServedAuthority.PASSWORD, true);
            Files.writeString(ca.directory.resolve("deny"), "key:" + stolen + "\n");
            try (AuthorityNode joined = ca.authority.join(ChaskiNode.builder().name("authority"))) {
                NodeSecurity security = joined.node().security();
                assertThatThrownBy(() -> security.update(before)).isInstanceOf(CertificateRefusedException.class);

                Files.writeString(ca.directory.resolve("deny"), ServedAuthority.MILL + "\n");

                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(
                                        ((TrustMode.Ca) security.mode()).trust().denied())
                                .isEqualTo(new DenyList(Set.of(), Set.of(), Set.of(ServedAuthority.MILL))));
            }
        }
    }

    /** Rather than go on without whom it should have denied. */
    @Test
    void does_not_join_while_its_deny_file_makes_no_sense() throws IOException {
        try (ServedAuthority ca = ServedAuthority.inRealTime(folder.resolve("ca"))) {
            Files.writeString(ca.directory.resolve("deny"), "key:12\n");

            assertThatThrownBy(() -> ca.authority
                            .join(ChaskiNode.builder().name("authority"))
                            .close())
                    .isInstanceOf(AuthorityException.class)
                    .hasMessageContaining("line 1");
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
