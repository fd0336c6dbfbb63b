package io.chaski.core.security.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustDomain;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The bytes of a signed policy are those that were once written down, read by hand as docs/protocol.md says. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedPolicyVectorTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    private final Map<String, byte[]> vectors = read();

    private static Map<String, byte[]> read() {
        Map<String, byte[]> vectors = new HashMap<>();
        try (InputStream in = SignedPolicyVectorTest.class.getResourceAsStream("/policy/signed-policy-v1.txt")) {
            new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .forEach(parts -> vectors.put(parts[0], HexFormat.of().parseHex(parts[1])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return vectors;
    }

    private byte[] vector(String name) {
        return Objects.requireNonNull(vectors.get(name), name);
    }

    private static X509Certificate certificate(byte[] der) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    @Test
    void is_read_believed_and_written_again() throws Exception {
        SignedPolicy signed = SignedPolicy.read(vector("SIGNED_POLICY"));
        CertificateVerifier verifier = new CertificateVerifier(
                Trust.of(new TrustDomain("plant-7.example"), Set.of(certificate(vector("ROOT")))));
        Policy policy = signed.verify(verifier, NOW);

        assertThat(policy.version()).isEqualTo(7);
        assertThat(policy.decide(
                                Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/sensor/1")),
                                Action.PUBLISH,
                                "telemetry/node/sensor/1/speed")
                        .isAllowed())
                .isTrue();
        assertThat(signed.toBytes()).isEqualTo(vector("SIGNED_POLICY"));
        assertThatThrownBy(() -> signed.verify(verifier, NOW.plusSeconds(2 * 86_400)))
                .hasMessageContaining("EXPIRED");
    }

    @Test
    void has_the_parts_that_are_written_down() throws Exception {
        ByteBuffer in = ByteBuffer.wrap(vector("SIGNED_POLICY"));
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

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
