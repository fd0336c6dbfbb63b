package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.CertificateAuthority.Surroundings;
import io.chaski.ca.internal.authority.Moment;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.LocalDisk;
import io.chaski.ca.internal.disk.OtherProcess;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import io.chaski.ca.internal.token.TokenCodec;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.RevocationList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CertificateAuthorityTest {

    private static final PasswordSource PASSWORD = "correct horse"::toCharArray;
    private static final AuthorityOptions OPTIONS = AuthorityOptions.builder(TestAuthority.DOMAIN)
            .leafLifetime(Duration.ofHours(12))
            .address("ca.plant-7.example:8520")
            .address("10.0.0.7:8520")
            .build();
    private static final ChaskiUri MILL = TestAuthority.MILL;
    private static final Moment MOMENT = new Moment(TestAuthority.NOW, 0);
    private static final KeyPair NODE = KeyPairs.generate();

    @TempDir
    Path outside;

    private Instant time = TestAuthority.NOW;

    private Surroundings on(Disk disk) {
        return new Surroundings(
                disk, TestAuthority.fastProtection(), () -> new Moment(time, time.toEpochMilli()), new Random(30));
    }

    private Path directory() {
        return outside.resolve("ca");
    }

    private void init() {
        CertificateAuthority.init(directory(), OPTIONS, PASSWORD, on(new LocalDisk()));
    }

    private CertificateAuthority open() {
        return CertificateAuthority.open(directory(), PASSWORD, on(new LocalDisk()));
    }

    private static List<X509Certificate> issue(CertificateAuthority authority, ChaskiUri name, LeafUsage usage) {
        return authority.issue(name, CertificateRequest.write(NODE, name), usage);
    }

    @Nested
    class A_new_authority {
        /** U-CA-1. */
        @Test
        void has_keys_that_belong_to_its_certificates() {
            init();
            try (CertificateAuthority authority = open()) {
                assertThat(authority.issuing().getIssuerX500Principal())
                        .isEqualTo(authority.root().getSubjectX500Principal());
                assertThat(authority.list()).isEmpty();
            }
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
        void is_its_owners_alone() throws IOException {
            init();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                    .isEqualTo("rwx------");
            try (Stream<Path> files = Files.list(directory())) {
                assertThat(files)
                        .hasSize(9)
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .as("%s", file)
                                        .isEqualTo("rw-------"));
            }
        }

        @Test
        void keeps_no_key_in_the_clear() throws IOException {
            init();
            try (Stream<Path> files = Files.list(directory())) {
                assertThat(files.filter(file -> file.toString().endsWith(".key.pem")))
                        .hasSize(3)
                        .allSatisfy(file ->
                                assertThat(Files.readString(file)).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
            }
        }

        /** Row A02. */
        @Test
        void never_takes_the_place_of_another() throws IOException {
            init();
            byte[] root = Files.readAllBytes(directory().resolve("root.pem"));

            assertProblem(CertificateAuthorityTest.this::init, Problem.EXISTS);
            Files.delete(directory().resolve("authority.properties"));
            assertProblem(CertificateAuthorityTest.this::init, Problem.EXISTS);

            assertThat(directory().resolve("root.pem")).hasBinaryContent(root);
        }

        @Test
        void may_be_made_in_an_empty_directory() throws IOException {
            Files.createDirectory(
                    directory(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            init();

            open().close();
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
        void is_not_made_where_others_can_get_at_it() throws IOException {
            Files.createDirectory(
                    directory(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));

            assertProblem(CertificateAuthorityTest.this::init, Problem.UNSAFE_PERMISSIONS);
            assertThat(directory()).isEmptyDirectory();
        }

        @Test
        void is_whole_or_not_there_after_a_power_failure() {
            boolean isComplete = false;
            for (int operation = 0; !isComplete; operation++) {
                SimulatedDisk disk = new SimulatedDisk();
                disk.endPowerAt(operation);
                isComplete = isMade(disk);
                for (Loss loss : Loss.values()) {
                    for (int seed = 0; seed < (loss == Loss.SOME ? 4 : 1); seed++) {
                        SimulatedDisk after = disk.afterPowerFailure(loss, new Random(7_919L * seed));
                        // The options come last: with them all of it is there.
                        boolean mustBeThere = isComplete || after.exists(Path.of("/ca/authority.properties"));
                        if (mustBeThere || seed == 0) {
                            assertThat(isThere(after) || !mustBeThere)
                                    .as("%s", disk.trace())
                                    .isTrue();
                        }
                    }
                }
            }
        }

        private boolean isMade(SimulatedDisk disk) {
            try {
                CertificateAuthority.init(Path.of("/ca"), OPTIONS, PASSWORD, on(disk));
                return true;
            } catch (PowerFailure e) {
                return false;
            }
        }

        private boolean isThere(SimulatedDisk disk) {
            try (CertificateAuthority authority = CertificateAuthority.open(Path.of("/ca"), PASSWORD, on(disk))) {
                return issue(authority, MILL, LeafUsage.BOTH).size() == 3;
            } catch (AuthorityException e) {
                assertThat(e.problem()).isEqualTo(Problem.MISSING);
                return false;
            }
        }
    }

    @Nested
    class An_open_authority {
        /** U-CA-3. */
        @Test
        void signs_for_each_side() {
            init();
            try (CertificateAuthority authority = open()) {
                CertificateVerifier verifier =
                        new CertificateVerifier(Trust.of(TestAuthority.DOMAIN, Set.of(authority.root())));

                List<X509Certificate> both = issue(authority, MILL, LeafUsage.BOTH);

                for (Side side : Side.values()) {
                    assertThat(verifier.verify(both, side, time).uri()).isEqualTo(MILL);
                }
                assertThat(verifier.verify(issue(authority, MILL, LeafUsage.CLIENT), Side.CLIENT, time)
                                .notAfter())
                        .isEqualTo(time.plus(Duration.ofHours(12)));
            }
        }

        @Test
        void keeps_what_it_knows_when_it_is_opened_again() {
            init();
            X509Certificate root;
            List<CertificateAuthority.Entry> entries;
            try (CertificateAuthority authority = open()) {
                root = authority.root();
                issue(authority, MILL, LeafUsage.BOTH);
                authority.revoke(MILL, "test");
                entries = authority.list();
            }
            try (CertificateAuthority authority = open()) {
                assertThat(authority.root()).isEqualTo(root);
                assertThat(authority.list()).isEqualTo(entries).allMatch(CertificateAuthority.Entry::isRevoked);
                assertProblem(
                        () -> authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty()), Problem.REVOKED);
                authority.readmit(MILL);
                assertThat(authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty()))
                        .startsWith("chk1.");
            }
        }

        @Test
        void revokes_by_number_key_and_identity() {
            init();
            try (CertificateAuthority authority = open()) {
                X509Certificate leaf = issue(authority, MILL, LeafUsage.BOTH).get(0);
                authority.revoke(leaf.getSerialNumber(), "test");
                authority.revoke(Fingerprint.of(leaf.getPublicKey()), "test");

                RevocationList list = RevocationList.read(
                        authority.revocationList(),
                        List.of(authority.issuing(), authority.root()),
                        Trust.of(TestAuthority.DOMAIN, Set.of(authority.root())),
                        time);

                assertThat(list.serials()).containsExactly(leaf.getSerialNumber());
                assertThatThrownBy(() -> issue(authority, MILL, LeafUsage.BOTH))
                        .isInstanceOfSatisfying(
                                EnrolmentException.class,
                                e -> assertThat(e.problem()).isEqualTo(EnrolmentProblem.IDENTITY_REVOKED));
            }
        }

        /** In this process and among others: closing a file once gives up all locks that a process has on it (POSIX). */
        @Test
        void is_alone_and_stays_so_when_others_were_refused() throws Exception {
            init();
            Path lock = directory().resolve("lock");
            try (CertificateAuthority authority = open()) {
                assertThat(authority.list()).isEmpty();
                assertProblem(CertificateAuthorityTest.this::open, Problem.IN_USE);
                assertProblem(CertificateAuthorityTest.this::init, Problem.IN_USE);
                assertProblem(() -> CertificateAuthority.verifyAudit(directory()), Problem.IN_USE);

                assertThat(OtherProcess.canLock(lock)).isFalse();
            }
            assertThat(OtherProcess.canLock(lock)).isTrue();
        }

        @Test
        void keeps_its_addresses_with_all_characters_that_they_may_have() throws Exception {
            StringBuilder odd = new StringBuilder();
            for (char c = '!'; c <= '~'; c++) {
                odd.append(c == ',' || c == '\\' ? "" : c);
            }
            List<String> addresses = List.of("#host:1", "!host:2", odd + ":3", "a=b:c:4");
            CertificateAuthority.init(
                    directory(),
                    new AuthorityOptions(
                            TestAuthority.DOMAIN,
                            Duration.ofHours(12),
                            Duration.ZERO,
                            addresses,
                            SubjectAttributes.NONE),
                    PASSWORD,
                    on(new LocalDisk()));
            try (CertificateAuthority authority = open()) {
                String token = authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty());
                assertThat(TokenCodec.parse(token).claims().addresses()).isEqualTo(addresses);
            }
        }

        @Test
        void answers_nothing_once_it_is_closed() {
            init();
            CertificateAuthority authority = open();
            authority.revocationList();
            authority.close();

            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    authority::list,
                    authority::revocationList,
                    () -> authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty()))) {
                assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
            }
        }

        /** One request that is given up must not end the service of all others. */
        @Test
        void works_for_a_thread_that_is_interrupted() {
            init();
            try (CertificateAuthority authority = open()) {
                Thread.currentThread().interrupt();
                assertThat(issue(authority, MILL, LeafUsage.BOTH)).hasSize(3);
                assertThat(Thread.interrupted()).isTrue();
                assertThat(issue(authority, MILL, LeafUsage.BOTH)).hasSize(3);
            } finally {
                Thread.interrupted();
            }
            assertThat(CertificateAuthority.verifyAudit(directory()).problem()).isEmpty();
        }

        @Test
        void tells_how_many_certificates_a_revocation_ends() {
            init();
            try (CertificateAuthority authority = open()) {
                issue(authority, MILL, LeafUsage.BOTH);

                assertThat(authority.revoke(ChaskiUri.parse(MILL + "x"), "mistyped"))
                        .isZero();
                assertThat(authority.revoke(MILL, "stolen")).isOne();
                assertThat(authority.unlisted()).isZero();
            }
        }

        @Test
        void revokes_no_identity_of_another_trust_domain_and_for_no_endless_reason() {
            init();
            try (CertificateAuthority authority = open()) {
                issue(authority, MILL, LeafUsage.BOTH);
                assertThatThrownBy(() -> authority.revoke(ChaskiUri.parse("chaski://plant-8.example/node/mill-3"), "x"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("plant-8");
                assertThatThrownBy(() -> authority.revoke(MILL, "x".repeat(CertificateAuthority.MAX_WHY + 1)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("1001");
                assertThat(authority.revoke(MILL, "\ud83d\ude00".repeat(CertificateAuthority.MAX_WHY / 2)))
                        .isOne();
            }
        }

        @Test
        void works_without_the_key_of_its_root() throws IOException {
            init();
            Files.delete(directory().resolve("root.key.pem"));
            try (CertificateAuthority authority = open()) {
                assertThat(issue(authority, MILL, LeafUsage.BOTH)).hasSize(3);
            }
        }
    }

    @Nested
    class Not_opened_is {
        /** Row A08. */
        @Test
        void an_authority_with_the_wrong_password() {
            init();

            assertProblem(
                    () -> CertificateAuthority.open(directory(), "wrong"::toCharArray, on(new LocalDisk())),
                    Problem.WRONG_PASSWORD);
            open().close();
        }

        @Test
        void an_authority_that_is_not_there() {
            assertProblem(CertificateAuthorityTest.this::open, Problem.MISSING);
            assertProblem(() -> CertificateAuthority.verifyAudit(directory()), Problem.MISSING);
        }

        @Test
        void an_authority_of_which_something_is_missing() throws IOException {
            for (String name : List.of("root.pem", "issuing.pem", "issuing.key.pem", "tokens.key.pem", "journal.log")) {
                init();
                Files.delete(directory().resolve(name));
                assertThatThrownBy(CertificateAuthorityTest.this::open)
                        .isInstanceOfSatisfying(
                                AuthorityException.class,
                                e -> assertThat(e.problem()).isEqualTo(Problem.MISSING))
                        .hasMessageContaining(name);
                clear();
            }
        }

        @Test
        void an_authority_of_which_something_is_damaged() throws IOException {
            for (String name : List.of(
                    "root.pem",
                    "issuing.pem",
                    "issuing.key.pem",
                    "tokens.key.pem",
                    "journal.log",
                    "authority.properties")) {
                init();
                Path file = directory().resolve(name);
                byte[] content = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(content, content.length / 2));
                assertThatThrownBy(CertificateAuthorityTest.this::open)
                        .isInstanceOfSatisfying(
                                AuthorityException.class,
                                e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED))
                        .hasMessageContaining(name);
                clear();
            }
        }

        @Test
        void an_authority_with_the_issuing_certificate_of_another() throws IOException {
            init();
            Path certificate = directory().resolve("issuing.pem");
            Path key = directory().resolve("issuing.key.pem");
            byte[] othersCertificate = Files.readAllBytes(certificate);
            byte[] othersKey = Files.readAllBytes(key);
            clear();
            init();
            Files.write(certificate, othersCertificate);
            Files.write(key, othersKey);

            assertThatThrownBy(CertificateAuthorityTest.this::open)
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED))
                    .hasMessage(certificate + " is not signed by a root that is trusted");
        }

        @Test
        void an_authority_with_the_key_of_another() throws IOException {
            init();
            byte[] key = Files.readAllBytes(directory().resolve("root.key.pem"));
            Files.write(directory().resolve("issuing.key.pem"), key);

            assertProblem(CertificateAuthorityTest.this::open, Problem.DAMAGED);
        }

        /** Tokens carry its fingerprint: nodes would use them up, and trust nobody. */
        @Test
        void an_authority_with_the_root_or_the_trust_domain_of_another() throws IOException {
            init();
            byte[] root = Files.readAllBytes(directory().resolve("root.pem"));
            Path options = directory().resolve("authority.properties");
            Files.writeString(options, Files.readString(options).replace("plant-7.example", "plant-8.example"));
            assertDamaged("authority.properties");
            clear();

            init();
            Files.write(
                    directory().resolve("root.pem"),
                    Files.readAllBytes(directory().resolve("issuing.pem")));
            assertDamaged("root.pem");
            clear();

            CertificateAuthority.init(
                    directory(),
                    OPTIONS,
                    PASSWORD,
                    new Surroundings(new LocalDisk(), TestAuthority.fastProtection(), () -> MOMENT, new Random(31)));
            Files.write(directory().resolve("root.pem"), root);
            assertDamaged("root.pem");
        }

        private void assertDamaged(String name) {
            assertThatThrownBy(CertificateAuthorityTest.this::open)
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED))
                    .hasMessageContaining(name);
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
        void an_authority_whose_key_others_can_read() throws IOException {
            init();
            Files.setPosixFilePermissions(
                    directory().resolve("issuing.key.pem"), PosixFilePermissions.fromString("rw-r--r--"));

            assertProblem(CertificateAuthorityTest.this::open, Problem.UNSAFE_PERMISSIONS);
        }

        @Test
        void an_authority_with_no_password_or_an_endless_one() {
            init();
            for (char[] password : List.of(new char[0], new char[PasswordSource.MAX_LENGTH + 1])) {
                assertThatThrownBy(() -> CertificateAuthority.open(directory(), () -> password, on(new LocalDisk())))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }

        private void clear() throws IOException {
            try (Stream<Path> files = Files.list(directory())) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void a_password_is_overwritten_when_it_was_used() {
        char[] password = "correct horse".toCharArray();
        CertificateAuthority.init(directory(), OPTIONS, () -> password, on(new LocalDisk()));

        assertThat(password).containsOnly('\0');
    }

    @Nested
    class The_audit_log {
        @Test
        void is_checked_without_a_password() {
            init();
            try (CertificateAuthority authority = open()) {
                issue(authority, MILL, LeafUsage.BOTH);
            }
            CertificateAuthority.Audit audit = CertificateAuthority.verifyAudit(directory());

            assertThat(audit.records()).isEqualTo(2);
            assertThat(audit.problem()).isEmpty();
        }

        @Test
        void tells_who_has_changed_it() throws IOException {
            init();
            try (CertificateAuthority authority = open()) {
                issue(authority, MILL, LeafUsage.BOTH);
            }
            Path log = directory().resolve("journal.log");
            Files.writeString(log, Files.readString(log).replace("mill-3", "mill-4"));

            assertThat(CertificateAuthority.verifyAudit(directory()).problem())
                    .hasValueSatisfying(problem -> assertThat(problem).contains("record 2"));
        }

        @Test
        void has_no_secret_in_it() throws IOException {
            init();
            String token;
            try (CertificateAuthority authority = open()) {
                token = authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty());
            }

            assertThat(Files.readString(directory().resolve("journal.log"), StandardCharsets.US_ASCII))
                    .doesNotContain(token, "correct horse");
        }
    }

    @Test
    void neither_password_nor_token_nor_key_is_logged() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Level before = root.getLevel();
        log.start();
        root.addAppender(log);
        root.setLevel(Level.TRACE);
        String token;
        try {
            init();
            try (CertificateAuthority authority = open()) {
                token = authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty());
                issue(authority, MILL, LeafUsage.BOTH);
                assertProblem(this::open, Problem.IN_USE);
                root.error("marker {}", MILL);
            }
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
        }

        List<String> lines =
                log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        assertThat(lines)
                .anyMatch(line -> line.contains("marker"))
                .noneMatch(
                        line -> line.contains("correct horse") || line.contains(token) || line.contains("PRIVATE KEY"));
    }

    private static void assertProblem(ThrowingCallable call, Problem problem) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }
}
