package io.chaski.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.chaski.core.ConfigurationException;
import io.chaski.core.internal.module.OwnUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A05 and A06: keys and certificates of others, in files as others write them. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PemTest {

    private static final String ROOT = "CN=root, O=Plant 7";
    private static final String ISSUING = "CN=issuing, O=Plant 7";
    private static final String MILL = "CN=mill, O=Plant 7";
    private static final String PRESS = "CN=press, O=Plant 7";

    @TempDir
    Path folder;

    private PemFixture files;

    @BeforeEach
    void use() {
        files = new PemFixture(folder);
    }

    private static List<String> subjects(Credentials credentials) {
        return credentials.chain().stream().map(PemTest::subject).toList();
    }

    private static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().toString();
    }

    private static String texts(String... names) {
        return String.join("", Stream.of(names).map(PemFixture::text).toList());
    }

    /** That it is a mistake of the configuration, and what it says. */
    private static void assertMistake(ThrowingCallable call, Object... parts) {
        assertThatThrownBy(call).isInstanceOf(ConfigurationException.class).satisfies(mistake -> {
            for (Object part : parts) {
                assertThat(mistake).hasMessageContaining(part.toString());
            }
        });
    }

    @Nested
    class Key_and_chain {

        @Test
        void are_read_from_files_of_their_own() {
            Credentials credentials = Pem.credentials(
                    files.file("mill.key"), files.file("mill.pem"), files.file("issuing.pem"), files.file("root.pem"));

            assertThat(subjects(credentials)).containsExactly(MILL, ISSUING, ROOT);
        }

        @Test
        void are_read_from_one_file_in_any_order() {
            Path all = files.write("all.pem", texts("root.pem", "issuing.pem", "mill.key", "mill.pem"));

            assertThat(subjects(Pem.credentials(all))).containsExactly(MILL, ISSUING, ROOT);
        }

        @Test
        void are_read_from_what_comes_out_of_pkcs_12() {
            assertThat(subjects(Pem.credentials(files.file("mill-from-pkcs12.pem"))))
                    .containsExactly(MILL, ISSUING);
        }

        @Test
        void are_read_with_line_ends_of_windows_and_without_a_last_one() {
            Path all = files.write(
                    "all.pem",
                    texts("mill.key", "mill.pem").replace("\n", "\r\n").strip());

            assertThat(subjects(Pem.credentials(all))).containsExactly(MILL);
        }

        @Test
        void are_read_from_texts() {
            assertThat(subjects(Pem.credentials(texts("press.key"), texts("issuing.pem", "press.pem"))))
                    .containsExactly(PRESS, ISSUING);
        }

        @Test
        void may_be_a_certificate_alone() {
            assertThat(subjects(Pem.credentials(files.file("press.key"), files.file("press.pem"))))
                    .containsExactly(PRESS);
        }

        @Test
        void may_have_a_certificate_twice() {
            assertThat(subjects(Pem.credentials(texts("mill.key", "mill.pem"), texts("mill.pem", "issuing.pem"))))
                    .containsExactly(MILL, ISSUING);
        }

        @Test
        void may_be_behind_a_link() throws IOException {
            Path link = Files.createSymbolicLink(folder.resolve("tls.key"), files.file("mill.key"));

            assertThat(subjects(Pem.credentials(link, files.file("mill.pem")))).containsExactly(MILL);
        }
    }

    @Nested
    class A_key {

        @ParameterizedTest
        @CsvSource({
            "mill-sec1.key, EC PRIVATE KEY, openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW",
            "press-pkcs1.key, RSA PRIVATE KEY, openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW",
            "mill-encrypted.key, ENCRYPTED PRIVATE KEY, openssl pkcs8 -in OLD -out NEW",
            "mill-openssh.key, OPENSSH PRIVATE KEY, 'ssh-keygen -p -m PKCS8 -N '''' -f COPY'"
        })
        void of_another_form_is_refused_with_the_command_that_converts_it(String name, String label, String command) {
            Path key = files.file(name);

            assertMistake(() -> Pem.credentials(key, files.file("mill.pem")), key, "holds " + label + ",", command);
        }

        @Test
        void of_a_form_that_is_not_known_is_refused_without_a_command() {
            String key = texts("mill.key").replace("PRIVATE KEY", "ANY PRIVATE KEY");

            assertThatThrownBy(() -> Pem.credentials(key, texts("mill.pem")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("text 1 holds ANY PRIVATE KEY, which is not read: it must be PRIVATE KEY (PKCS #8)");
        }

        @Test
        void of_another_kind_is_refused() {
            Path key = files.file("ed25519.key");

            assertMistake(() -> Pem.credentials(key, files.file("mill.pem")), key, "elliptic curve", "openssl genpkey");
        }

        @Test
        void that_is_missing_is_missed() {
            Path mill = files.file("mill.pem");

            assertMistake(() -> Pem.credentials(mill), "no private key in " + mill, "BEGIN PRIVATE KEY");
        }

        @Test
        void that_is_one_of_two_is_refused() {
            assertMistake(
                    () -> Pem.credentials(texts("mill.key"), texts("press.key", "press.pem")),
                    "2 private keys in text 1, text 2");
        }

        @Test
        void of_another_certificate_is_refused() {
            assertMistake(
                    () -> Pem.credentials(texts("mill.key"), texts("press.pem", "issuing.pem")),
                    "the private key belongs to none of the certificates",
                    PRESS + "; " + ISSUING);
        }

        @Test
        void with_two_certificates_is_refused() {
            assertMistake(
                    () -> Pem.credentials(texts("mill.key", "mill.pem", "server-only.pem")),
                    "has 2 certificates",
                    MILL + "; CN=server-only");
        }

        @ParameterizedTest
        @ValueSource(strings = {"640", "604", "620", "602"})
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
        void that_others_can_get_at_is_refused(String mode) throws IOException {
            Path key = files.file("mill.key");
            Files.setAttribute(key, "unix:mode", Integer.parseInt(mode, 8));

            assertMistake(() -> Pem.credentials(key, files.file("mill.pem")), "mode " + mode, "chmod 600 " + key);
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no owners as here")
        void that_somebody_else_has_put_there_is_refused() throws IOException {
            assumeThat(OwnUser.number()).as("only root gives files away").isZero();
            Path key = files.file("mill.key");
            Files.setAttribute(key, "unix:uid", 4_711);

            assertMistake(() -> Pem.credentials(key, files.file("mill.pem")), key, "belongs to user 4711");
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
        void that_others_can_get_at_behind_a_link_is_refused() throws IOException {
            Path key = files.file("mill.key");
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
            Path link = Files.createSymbolicLink(folder.resolve("link"), key);

            assertMistake(() -> Pem.credentials(link, files.file("mill.pem")), "chmod 600 " + link);
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
        void in_the_owners_file_goes_with_certificates_that_all_can_read() throws IOException {
            Path mill = files.file("mill.pem");
            Files.setPosixFilePermissions(mill, PosixFilePermissions.fromString("rw-r--r--"));

            assertThat(subjects(Pem.credentials(files.file("mill.key"), mill))).containsExactly(MILL);
        }
    }

    @Nested
    class A_certificate {

        @Test
        void that_is_missing_is_missed() {
            Path key = files.file("mill.key");

            assertMistake(() -> Pem.credentials(key), "no certificate in " + key);
        }

        @Test
        void between_two_others_is_missed_by_name() {
            assertMistake(
                    () -> Pem.credentials(texts("mill.key"), texts("root.pem", "mill.pem")),
                    "nothing leads from the certificate of " + MILL + " to " + ROOT,
                    "the certificate of " + ISSUING + " is missing");
        }

        @Test
        void of_another_authority_of_that_name_does_not_belong_there() {
            assertMistake(
                    () -> Pem.credentials(texts("mill.key", "mill.pem"), texts("namesake.pem")),
                    "nothing leads from the certificate of " + MILL + " to " + ISSUING);
            assertMistake(
                    () -> Pem.credentials(texts("mill.key", "mill.pem"), texts("namesake.pem", "issuing.pem")),
                    "nothing leads from the certificate of " + ISSUING + " to " + ISSUING);
        }

        @Test
        void of_a_root_is_left_out_where_it_would_be_one_too_many() {
            assertThat(subjects(Pem.credentials(
                            texts("mill.key"), texts("root.pem", "issuing.pem", "second.pem", "below-second.pem"))))
                    .containsExactly("CN=below-second, O=Plant 7", "CN=second, O=Plant 7", ISSUING);
        }

        @Test
        void is_one_of_three_at_most() {
            assertMistake(
                    () -> Pem.credentials(
                            texts("mill.key"),
                            texts("root.pem", "issuing.pem", "second.pem", "third.pem", "below-third.pem")),
                    "at most 3 certificates without the root, and this one 4: CN=below-third");
            assertMistake(
                    () -> Pem.credentials(
                            texts("mill.key"), texts("issuing.pem", "second.pem", "third.pem", "below-third.pem")),
                    "at most 3 certificates without the root, and this one 4: CN=below-third");
        }

        @Test
        void that_does_not_belong_there_is_refused() {
            assertMistake(
                    () -> Pem.credentials(texts("mill.key"), texts("mill.pem", "press.pem", "issuing.pem", "root.pem")),
                    "nothing leads from the certificate of " + ROOT + " to " + PRESS + ", or");
        }
    }

    @Nested
    class A_file {

        @Test
        void that_is_not_there_is_named() {
            Path nowhere = folder.resolve("nowhere.pem");

            assertMistake(() -> Pem.credentials(nowhere), "there is no file " + nowhere);
            assertMistake(() -> Pem.certificates(nowhere), "there is no file " + nowhere);
        }

        @Test
        void that_cannot_be_read_is_named() {
            assertMistake(() -> Pem.credentials(folder), folder + " could not be read");
        }

        @Test
        void that_is_too_long_is_not_read_to_its_end() {
            Path large = files.write("large.pem", " ".repeat(Pem.MAX_BYTES + 1));
            Path largest = files.write("largest.pem", " ".repeat(Pem.MAX_BYTES));

            assertMistake(() -> Pem.credentials(large), large + " is longer than 262144 bytes");
            assertMistake(() -> Pem.certificates(" ".repeat(Pem.MAX_BYTES + 1)), "text 1 is longer than");
            assertMistake(() -> Pem.credentials(largest), largest + " is no PEM text");
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no such file")
        void that_never_ends_is_too_long() {
            assertMistake(() -> Pem.credentials(Path.of("/dev/zero")), "/dev/zero is longer than");
        }

        @Test
        void in_another_format_is_no_pem_text() {
            assertMistake(() -> Pem.certificates("0\u0082\u0001"), "text 1 is no PEM text");
        }

        @Test
        void that_was_cut_is_refused_wherever_it_was() {
            String mill = texts("mill.pem");
            int begin = mill.indexOf("-----BEGIN");
            int end = mill.lastIndexOf("-----\n");
            for (int length = begin + "-----BEGIN CERTIFICATE-----".length(); length < end; length++) {
                String cut = mill.substring(0, length);
                assertMistake(() -> Pem.certificates(cut), "text 1 holds CERTIFICATE without its end");
            }
        }

        @Test
        void may_begin_with_a_byte_order_mark() {
            Path marked = files.write("marked.pem", "\u00EF\u00BB\u00BF" + texts("mill.key"));

            assertThat(subjects(Pem.credentials(marked, files.file("mill.pem"))))
                    .containsExactly(MILL);
            assertThat(Pem.certificates("\uFEFF" + texts("root.pem"))).hasSize(1);
        }

        @Test
        void in_one_line_is_refused_without_showing_it() {
            String key = texts("mill.key");
            String secret = key.lines().toList().get(1);

            assertThatThrownBy(() -> Pem.credentials(key.replace("\n", "")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("text 1 is no PEM text")
                    .hasMessageNotContaining(secret);
            assertThatThrownBy(() -> Pem.credentials(
                            key.replace("-----BEGIN", "-----END").replace("\n", "")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageNotContaining(secret);
        }

        @Test
        void with_an_end_of_something_that_has_not_begun_is_refused() {
            String first = texts("root.pem");
            String second = texts("issuing.pem").replace("-----BEGIN", "--BEGIN");

            assertMistake(() -> Pem.certificates(first + second), "text 1 holds -----END without its beginning");
        }

        @ParameterizedTest
        @CsvSource({
            "'-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', cannot be read",
            "'-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n', not Base64",
            "'-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----\n', without its end",
            "'-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n', only CERTIFICATE",
            "'-----BEGIN -----\nAAAA\n-----END -----\n', without its beginning"
        })
        void with_something_else_in_it_is_refused(String text, String why) {
            assertMistake(() -> Pem.certificates(text), "text 1", why);
        }

        @Test
        void that_a_fuzzer_has_changed_is_read_or_refused() {
            byte[] text = texts("mill.key", "mill.pem").getBytes(StandardCharsets.ISO_8859_1);
            Random random = new Random(11);
            int refused = 0;
            for (int i = 0; i < 300; i++) {
                byte[] mutated = text.clone();
                for (int edits = 1 + random.nextInt(30); edits > 0; edits--) {
                    mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
                }
                try {
                    Pem.credentials(new String(mutated, StandardCharsets.ISO_8859_1));
                } catch (ConfigurationException mistake) {
                    refused++;
                }
            }
            assertThat(refused).isGreaterThan(100);
        }
    }

    @Nested
    class What_is_trusted {

        @Test
        void are_certificates_of_one_file_or_several() {
            Set<X509Certificate> both = Pem.certificates(files.file("root.pem"), files.file("issuing.pem"));

            assertThat(both).extracting(PemTest::subject).containsExactlyInAnyOrder(ROOT, ISSUING);
            assertThat(Pem.certificates(texts("root.pem", "issuing.pem"))).isEqualTo(both);
        }

        @Test
        void is_no_key() {
            Path mixed = files.write("mixed.pem", texts("root.pem", "mill.key"));

            assertMistake(() -> Pem.certificates(mixed), mixed + " holds a private key");
        }
    }
}
