package io.chaski.core.security;

import static io.chaski.core.security.VectorFile.certificate;
import static io.chaski.core.security.VectorFile.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.CertificateVerifier.Trust;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The bytes of a signed set of roots are those that were once written down, read by hand as docs/protocol.md says. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedBundleVectorTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    private final VectorFile vectors = new VectorFile("/security/signed-bundle-v1.txt");

    @Test
    void is_read_believed_and_written_again() throws Exception {
        SignedBundle signed = SignedBundle.read(vectors.vector("SIGNED_BUNDLE"));
        Trust trust = Trust.of(new TrustDomain("plant-7.example"), Set.of(certificate(vectors.vector("ROOT"))));

        signed.verify(trust, NOW);
        assertThat(signed.number()).isEqualTo(2);
        assertThat(signed.roots()).hasSize(2).containsAll(trust.roots());
        assertThat(signed.toBytes()).isEqualTo(vectors.vector("SIGNED_BUNDLE"));
        assertThatThrownBy(() -> signed.verify(trust, NOW.plus(Duration.ofDays(366))))
                .hasMessageContaining("EXPIRED");
    }

    @Test
    void has_the_parts_that_are_written_down() throws Exception {
        byte[] whole = vectors.vector("SIGNED_BUNDLE");
        ByteBuffer in = ByteBuffer.wrap(whole);
        assertThat(in.get()).as("form").isEqualTo((byte) 1);
        assertThat(take(in, in.get())).as("domain").isEqualTo("plant-7.example".getBytes(StandardCharsets.US_ASCII));
        assertThat(in.getLong()).as("number").isEqualTo(2);
        assertThat(in.get()).as("roots").isEqualTo((byte) 2);
        assertThat(take(in, in.getShort())).isEqualTo(vectors.vector("ROOT"));
        certificate(take(in, in.getShort()));
        byte[] content = Arrays.copyOf(whole, in.position());
        assertThat(in.get()).as("certificates").isEqualTo((byte) 1);
        X509Certificate signer = certificate(take(in, in.getShort()));
        byte[] made = take(in, in.getShort());
        assertThat(in.remaining()).isZero();

        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initVerify(signer.getPublicKey());
        signature.update("chaski-bundle-v1\0".getBytes(StandardCharsets.US_ASCII));
        signature.update(content);
        assertThat(signature.verify(made)).isTrue();
    }
}
