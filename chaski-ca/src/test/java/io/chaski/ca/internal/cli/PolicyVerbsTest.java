package io.chaski.ca.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.FastAuthority;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.PasswordSource;
import io.chaski.ca.internal.bouncycastle.EarlierPolicy;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PolicyVerbsTest {

    private static final String MILL = "chaski://plant-7.example/node/mill-3";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path ca;
    private Path password;
    private Path policy;

    @BeforeEach
    void names() throws IOException {
        ca = folder.resolve("ca");
        password = Files.writeString(folder.resolve("pw"), "correct horse\n");
        policy = write(7, "telemetry/{self}/**", "2099-01-01T00:00:00Z");
    }

    private Path write(int version, String publish, String expires) throws IOException {
        return Files.writeString(
                folder.resolve("plant.json"),
                "{\"version\":" + version + ",\"domain\":\"plant-7.example\",\"expires\":\"" + expires
                        + "\",\"roles\":{\"mill\":{\"match\":[\"chaski://plant-7.example/node/*\"],\"publish\":[\""
                        + publish + "\"],\"deny\":{\"rpc.call\":[\"turbine/shutDown\"]}}}}");
    }

    private ExitCode run(String... words) {
        out.reset();
        err.reset();
        return new AuthorityCommand(new ByteArrayInputStream(new byte[0]))
                .run(List.of(words), new Terminal(stream(out), stream(err), Optional.empty(), new CountDownLatch(0)));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Nested
    class Check {
        @Test
        void sums_a_policy_up() {
            assertThat(run("policy", "check", policy.toString())).isEqualTo(ExitCode.OK);
            assertThat(out())
                    .isEqualToIgnoringNewLines(
                            "version 7 of plant-7.example, 1 roles, 3 patterns, until 2099-01-01T00:00:00Z");
            assertThat(run("policy", "check", policy.toString(), "--json")).isEqualTo(ExitCode.OK);
            assertThat(out()).contains("\"version\":7,", "\"inForce\":true", "\"signedUntil\":\"\"");
        }

        /** Row 110. */
        @Test
        void says_where_the_mistake_is() throws IOException {
            Files.writeString(policy, "{\"version\":7,\n\"roles\":{\"mill\":{\"match\":[\"mill\"]}}}");

            assertThat(run("policy", "check", policy.toString())).isEqualTo(ExitCode.FAILURE);
            assertThat(err()).startsWith("chaski-ca: not a policy: roles.mill.match[0], line 2");
            assertThat(run("policy", "check", folder.resolve("none").toString()))
                    .isEqualTo(ExitCode.FAILURE);
        }

        /** Row 110. */
        @Test
        void refuses_a_pattern_that_comes_twice_unless_it_was_signed_so_before() throws IOException {
            Files.writeString(policy, EarlierPolicy.TEXT);
            assertThat(run("policy", "check", policy.toString())).isEqualTo(ExitCode.FAILURE);
            assertThat(err()).contains("roles.mill.match[1]", "comes twice");

            TestAuthority authority = new TestAuthority(1);
            KeyPair keys = KeyPairs.generate();
            List<X509Certificate> chain = authority.chain(authority.leaf(keys.getPublic(), LeafUsage.CLIENT));
            Files.write(policy, EarlierPolicy.signed(keys, chain).toBytes());
            assertThat(run("policy", "check", policy.toString())).isEqualTo(ExitCode.OK);
            assertThat(run("policy", "explain", MILL, "publish", "speed", "--file", policy.toString()))
                    .isEqualTo(ExitCode.OK);
        }

        @Test
        void knows_what_has_the_form_of_a_signed_policy_and_is_none() throws IOException {
            Files.write(policy, new byte[] {1, 0, 0});

            assertThat(run("policy", "check", policy.toString())).isEqualTo(ExitCode.FAILURE);
            assertThat(err()).contains("MALFORMED");
        }
    }

    @Nested
    class Explain {
        private ExitCode explain(String identity, String action, String object) {
            return run("policy", "explain", identity, action, object, "--file", policy.toString());
        }

        @Test
        void names_the_rule() {
            assertThat(explain(MILL, "publish", "telemetry/node/mill-3/speed")).isEqualTo(ExitCode.OK);
            assertThat(out()).contains("may publish telemetry/node/mill-3/speed: role mill allows telemetry/{self}/**");
            assertThat(explain(MILL, "rpc.call", "turbine/shutDown")).isEqualTo(ExitCode.REFUSED);
            assertThat(out()).contains("may not rpc.call turbine/shutDown: role mill denies turbine/shutDown");
            assertThat(explain("chaski://plant-7.example/admin/ana", "publish", "a"))
                    .isEqualTo(ExitCode.REFUSED);
            assertThat(out()).contains("it has no role");
            assertThat(err()).isEmpty();
        }

        @Test
        void says_when_the_policy_does_not_count() throws IOException {
            write(7, "**", "2020-01-01T00:00:00Z");

            assertThat(explain(MILL, "publish", "a")).isEqualTo(ExitCode.OK);
            assertThat(err()).contains("not in force");
        }

        @Test
        void wants_words_that_make_sense() {
            assertThat(explain(MILL, "fly", "a")).isEqualTo(ExitCode.USAGE);
            assertThat(err()).contains("rpc.call");
            assertThat(explain("mill", "publish", "a")).isEqualTo(ExitCode.USAGE);
            assertThat(run("policy", "explain", MILL, "publish", "a")).isEqualTo(ExitCode.USAGE);
            assertThat(run("policy", "explain", MILL, "publish")).isEqualTo(ExitCode.USAGE);
        }
    }

    @Nested
    class Sign {
        @BeforeEach
        void init() {
            FastAuthority.init(ca, "127.0.0.1:1", PasswordSource.ofFile(password));
        }

        private ExitCode sign(String... more) {
            String[] words = {
                "policy", "sign", policy.toString(), "--dir", ca.toString(), "--password-file", password.toString()
            };
            return run(Stream.of(words, more).flatMap(Stream::of).toArray(String[]::new));
        }

        private Policy verified(Path file) throws IOException {
            try (CertificateAuthority authority = CertificateAuthority.open(ca, PasswordSource.ofFile(password))) {
                Trust trust = Trust.of(TestAuthority.DOMAIN, Set.of(authority.root()));
                return SignedPolicy.read(Files.readAllBytes(file))
                        .verify(new CertificateVerifier(trust), Instant.now());
            }
        }

        @Test
        void makes_what_nodes_believe() throws IOException {
            assertThat(sign()).as("%s", err()).isEqualTo(ExitCode.OK);

            Path signed = folder.resolve("plant.json.signed");
            assertThat(out()).startsWith(signed + ", version 7, for nodes that hear of it until ");
            assertThat(verified(signed).version()).isEqualTo(7);
            assertThat(run("policy", "check", signed.toString())).isEqualTo(ExitCode.OK);
            assertThat(out()).contains("signed with a certificate until ");
            assertThat(run("audit", "verify", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(sign("--out", folder.resolve("again").toString(), "--json"))
                    .as("the same again")
                    .isEqualTo(ExitCode.OK);
            assertThat(verified(folder.resolve("again")).version()).isEqualTo(7);
        }

        @Test
        void never_goes_back() throws IOException {
            assertThat(sign()).isEqualTo(ExitCode.OK);
            Path signed = folder.resolve("plant.json.signed");
            byte[] before = Files.readAllBytes(signed);

            write(7, "**", "2099-01-01T00:00:00Z");
            assertThat(sign()).isEqualTo(ExitCode.CONFLICT);
            assertThat(err()).contains("another text");
            write(6, "**", "2099-01-01T00:00:00Z");
            assertThat(sign()).isEqualTo(ExitCode.CONFLICT);
            assertThat(err()).contains("version 7 was signed");
            assertThat(signed).hasBinaryContent(before);
            write(8, "**", "2020-01-01T00:00:00Z");
            assertThat(sign()).as("expired").isEqualTo(ExitCode.REFUSED);
            assertThat(err()).contains("has expired");
            write(8, "**", "2099-01-01T00:00:00Z");
            assertThat(sign()).isEqualTo(ExitCode.OK);
        }

        @Test
        void is_for_its_own_domain_only() throws IOException {
            Files.writeString(policy, "{\"version\":9,\"domain\":\"other.example\"}");

            assertThat(sign()).isEqualTo(ExitCode.REFUSED);
            assertThat(err()).contains("plant-7.example");
            Files.writeString(policy, "{\"version\":9}");
            assertThat(sign()).isEqualTo(ExitCode.REFUSED);
            assertThat(sign("--text", "e30=")).isEqualTo(ExitCode.USAGE);
        }

        @Test
        void takes_the_text_and_not_what_was_made_of_it() throws IOException {
            assertThat(sign()).isEqualTo(ExitCode.OK);
            Path signed = folder.resolve("plant.json.signed");
            byte[] before = Files.readAllBytes(signed);

            for (String verb : List.of("sign", "publish")) {
                assertThat(run(
                                "policy",
                                verb,
                                signed.toString(),
                                "--dir",
                                ca.toString(),
                                "--password-file",
                                password.toString()))
                        .isEqualTo(ExitCode.USAGE);
                assertThat(err()).contains("is signed already");
            }
            assertThat(signed).hasBinaryContent(before);
        }

        @Test
        void and_publish_say_that_nobody_hands_it_out_if_nobody_serves() {
            String[] words = {"policy", "publish", policy.toString(), "--dir", ca.toString()};
            assertThat(run(words)).as("no password").isEqualTo(ExitCode.USAGE);
            assertThat(run(Stream.of(words, new String[] {"--password-file", password.toString()})
                            .flatMap(Stream::of)
                            .toArray(String[]::new)))
                    .isEqualTo(ExitCode.OK);
            assertThat(out()).startsWith("version 7 is signed");
            assertThat(err()).contains("nobody serves");
            assertThat(run("policy", "explain", MILL, "publish", "a", "--dir", ca.toString()))
                    .isEqualTo(ExitCode.REFUSED);
        }

        @Test
        void makes_the_one_that_is_explained() throws IOException {
            String[] question = {"policy", "explain", MILL, "publish", "a", "--dir", ca.toString()};
            assertThat(run(question)).as("the preset members").isEqualTo(ExitCode.OK);
            assertThat(err()).contains("preset members");

            assertThat(sign()).isEqualTo(ExitCode.OK);
            assertThat(run(question)).isEqualTo(ExitCode.REFUSED);
            assertThat(err()).isEmpty();
        }
    }
}
