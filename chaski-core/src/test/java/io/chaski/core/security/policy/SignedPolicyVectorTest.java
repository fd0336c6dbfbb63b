package io.chaski.core.security.policy;

import static io.chaski.core.security.VectorFile.certificate;
import static io.chaski.core.security.VectorFile.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.VectorFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The bytes of a signed policy are those that were once written down, read by hand as docs/protocol.md says. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedPolicyVectorTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    private final VectorFile vectors = new VectorFile("/policy/signed-policy-v1.txt");

    @Test
    void is_read_believed_and_written_again() throws Exception {
        SignedPolicy signed = SignedPolicy.read(vectors.vector("SIGNED_POLICY"));
        CertificateVerifier verifier = new CertificateVerifier(
                Trust.of(new TrustDomain("plant-7.example"), Set.of(certificate(vectors.vector("ROOT")))));
        Policy policy = signed.verify(verifier, NOW);

        assertThat(policy.version()).isEqualTo(7);
        assertThat(policy.decide(
                                Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/sensor/1")),
                                Action.PUBLISH,
                                "telemetry/node/sensor/1/speed")
                        .isAllowed())
                .isTrue();
        assertThat(signed.toBytes()).isEqualTo(vectors.vector("SIGNED_POLICY"));
        assertThatThrownBy(() -> signed.verify(verifier, NOW.plusSeconds(2 * 86_400)))
                .hasMessageContaining("EXPIRED");
    }

    @Test
    void has_the_parts_that_are_written_down() throws Exception {
        ByteBuffer in = ByteBuffer.wrap(vectors.vector("SIGNED_POLICY"));
        assertThat(in.get()).as("form").isEqualTo((byte) 1);
        byte[] text = take(in, in.getInt());
        assertThat(in.get()).as("certificates").isEqualTo((byte) 2);
        X509Certificate signer = certificate(take(in, in.getShort()));
        certificate(take(in, in.getShort()));
        byte[] made = take(in, in.getShort());
        assertThat(in.remaining()).isZero();

        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initVerify(signer.getPublicKey());
        signature.update("chaski-policy-v1\0".getBytes(StandardCharsets.US_ASCII));
        signature.update(text);
        assertThat(signature.verify(made)).isTrue();
        assertThat(text).startsWith("{\"version\":7,".getBytes(StandardCharsets.US_ASCII));
    }
}
