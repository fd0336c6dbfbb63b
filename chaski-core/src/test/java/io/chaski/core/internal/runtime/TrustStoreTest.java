package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ConfigurationException;
import io.chaski.core.internal.runtime.TrustStore.Stored;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.VectorFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there after a restart, and which authority it is of. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TrustStoreTest {

    /** A root that signs itself, and the next one of the same authority. */
    private static final List<X509Certificate> ROOTS = roots();

    private static final X509Certificate OLD = ROOTS.get(0);
    private static final X509Certificate NEXT = ROOTS.get(1);

    @TempDir
    Path home;

    private DataDirectory directory;

    @BeforeEach
    void openDirectory() throws IOException {
        directory = DataDirectory.open(home);
    }

    @AfterEach
    void closeDirectory() throws IOException {
        directory.close();
    }

    private static List<X509Certificate> roots() {
        byte[] set = new VectorFile("/security/signed-bundle-v1.txt").vector("SIGNED_BUNDLE");
        return List.copyOf(SignedBundle.read(set).roots());
    }

    private static Stored document(int size) {
        return new Stored(ArrayPayload.owning(new byte[size]), Instant.EPOCH);
    }

    private TrustStore open(X509Certificate... configured) throws IOException {
        return directory.trust(List.of(configured));
    }

    private Path file() {
        return home.resolve("trust").resolve("roots");
    }

    private static int size(TrustStore store, TrustKind kind) {
        return store.found(kind).map(found -> found.document().size()).orElse(0);
    }

    @Test
    void documents_are_found_again_by_who_trusts_a_root_by_which_one_of_them_was_believed() throws IOException {
        open(OLD).write(TrustKind.REVOCATIONS, document(3), List.of(OLD));
        open(OLD).write(TrustKind.BUNDLE, document(4), List.of(OLD, NEXT));

        for (X509Certificate root : ROOTS) {
            TrustStore store = open(root);
            assertThat(size(store, TrustKind.REVOCATIONS)).isEqualTo(3);
            assertThat(size(store, TrustKind.BUNDLE)).isEqualTo(4);
            assertThat(store.found(TrustKind.POLICY)).isEmpty();
        }
    }

    @Test
    void those_of_another_authority_are_not_there_and_go_when_something_else_is_stored() throws IOException {
        TrustStore first = open(OLD);
        first.write(TrustKind.REVOCATIONS, document(3), List.of(OLD));
        first.write(TrustKind.POLICY, document(4), List.of(OLD));

        TrustStore other = open(NEXT);
        for (TrustKind kind : TrustKind.values()) {
            assertThat(other.found(kind)).isEmpty();
        }
        assertThat(open(OLD).found(TrustKind.POLICY))
                .as("nothing has happened yet")
                .isPresent();

        other.write(TrustKind.REVOCATIONS, document(5), List.of(NEXT));
        assertThat(open(OLD).found(TrustKind.REVOCATIONS)).isEmpty();
        TrustStore again = open(NEXT);
        assertThat(size(again, TrustKind.REVOCATIONS)).isEqualTo(5);
        assertThat(again.found(TrustKind.POLICY)).isEmpty();
    }

    @Test
    void documents_without_roots_are_of_whatever_authority_is_trusted() throws IOException {
        open(OLD).write(TrustKind.REVOCATIONS, document(3), List.of(OLD));
        Files.delete(file());

        assertThat(open(NEXT).found(TrustKind.REVOCATIONS)).isPresent();
    }

    /** Whoever has stolen an issuing key may have brought many; they are not to fill the disk, nor to push out who is trusted. */
    @Test
    void the_roots_are_bounded_and_those_that_are_trusted_stay() throws IOException {
        open(OLD).write(TrustKind.REVOCATIONS, document(3), List.of(OLD));
        byte[] full = new byte[1 + TrustStore.MAX_ROOTS * Fingerprint.BYTES];
        new Random(1).nextBytes(full);
        full[0] = 1;
        System.arraycopy(Fingerprint.of(OLD).toBytes(), 0, full, 1, Fingerprint.BYTES);
        Files.write(file(), full);

        open(OLD).write(TrustKind.POLICY, document(4), List.of(OLD, NEXT));

        for (X509Certificate root : ROOTS) {
            assertThat(size(open(root), TrustKind.POLICY)).isEqualTo(4);
        }
        byte[] others = Arrays.copyOfRange(full, 1 + 2 * Fingerprint.BYTES, full.length); // without the earliest
        ByteBuffer wanted = ByteBuffer.allocate(full.length).put((byte) 1).put(others);
        ROOTS.forEach(root -> wanted.put(Fingerprint.of(root).toBytes()));
        assertThat(file()).hasBinaryContent(wanted.array());
    }

    @Test
    void damaged_roots_stop_the_start() throws IOException {
        open(OLD).write(TrustKind.REVOCATIONS, document(3), List.of(OLD));
        byte[] content = Files.readAllBytes(file());
        for (byte[] damaged :
                List.of(new byte[0], Arrays.copyOf(content, content.length - 1), new byte[content.length])) {
            Files.write(file(), damaged);
            assertThatThrownBy(() -> open(OLD))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("roots is damaged")
                    .hasMessageContaining("delete all of " + home.resolve("trust"));
        }
    }
}
