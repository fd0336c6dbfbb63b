package io.chaski.ca.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.Pem.MalformedPemException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PemTest {

    private static final TestAuthority AUTHORITY = new TestAuthority(8);

    @Test
    void certificates_come_back() throws MalformedPemException {
        byte[] text = Pem.write(List.of(Pem.of(AUTHORITY.issuing), Pem.of(AUTHORITY.root)));

        assertThat(Pem.certificates(Pem.read(text))).containsExactly(AUTHORITY.issuing, AUTHORITY.root);
        assertThat(new String(text, StandardCharsets.US_ASCII).lines()).allMatch(line -> line.length() <= 64);
    }

    @Test
    void an_empty_text_has_no_blocks() throws MalformedPemException {
        assertThat(Pem.read(new byte[0])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "\n",
                "-----BEGIN X-----\n",
                "-----BEGIN X-----\nAAAA\n",
                "-----BEGIN X-----\nAAAA\n-----END Y-----\n",
                "-----BEGIN X-----\nA\n-----END X-----\n",
                "-----BEGIN X-----\nAA=A\n-----END X-----\n",
                "-----BEGIN X-----\n!\n-----END X-----\n",
                "-----BEGIN X-----\nAAAA\n-----END X-----",
                "-----BEGIN X-----\nAAAA\n-----END X-----\nx",
                "-----BEGIN X-----\nAAAA\n-----END X-----\n\n",
                "-----END X-----\n",
                "-----BEGIN -\n-----END X-----\n",
                "-----BEGIN X-----\n-----BEGIN X-----\nAAAA\n-----END X-----\n",
            })
    void other_texts_are_refused(String text) {
        assertThatThrownBy(() -> Pem.read(text.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(MalformedPemException.class);
    }

    @Test
    void a_key_is_no_certificate() {
        assertThatThrownBy(() -> Pem.certificates(List.of(new Pem(Pem.PRIVATE_KEY, new byte[3]))))
                .isInstanceOf(MalformedPemException.class);
        assertThatThrownBy(() -> Pem.certificates(List.of(new Pem(Pem.CERTIFICATE, new byte[3]))))
                .isInstanceOf(MalformedPemException.class);
    }

    @Test
    void what_a_fuzzer_makes_of_a_text_is_read_or_refused() {
        byte[] text = Pem.write(List.of(Pem.of(AUTHORITY.root)));
        Random random = new Random(9);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] mutated = text.clone();
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            try {
                Pem.certificates(Pem.read(mutated));
            } catch (MalformedPemException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(500);
    }
}
