package io.chaski.core.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.security.PeerIdentity.Kind;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PeerIdentityTest {

    static final String MILL = "chaski://plant-7.example/node/mill-3";

    static PeerIdentity identity(Kind kind, String name) {
        return new PeerIdentity(kind, name, BigInteger.ONE, new Fingerprint(1, 2, 3, 4), Instant.EPOCH);
    }

    @Test
    void has_the_id_of_its_uri() {
        assertThat(identity(Kind.CA, MILL).nodeId())
                .isEqualTo(ChaskiUri.parse(MILL).nodeId());
        assertThat(identity(Kind.CA, MILL).uri()).contains(ChaskiUri.parse(MILL));
    }

    @Test
    void has_another_id_in_each_mode() throws Exception {
        assertThat(identity(Kind.EXTERNAL, MILL).nodeId()).isEqualTo(hash("chaski-external-v1\0" + MILL));
        assertThat(identity(Kind.PINNED, MILL).nodeId()).isEqualTo(hash("chaski-pinned-v1\0" + MILL));
        assertThat(identity(Kind.EXTERNAL, MILL).uri()).isEmpty();
    }

    private static NodeId hash(String text) throws Exception {
        ByteBuffer hash =
                ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        return new NodeId(hash.getLong(), hash.getLong());
    }
}
