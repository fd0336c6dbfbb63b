package io.chaski.ca.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.ca.FastAuthority;
import io.chaski.ca.PasswordSource;
import io.chaski.ca.internal.cli.Terminal.Prompt;
import io.chaski.ca.internal.disk.Pem;
import io.chaski.core.ChaskiNode;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Row A13, in this process. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AuthorityCommandTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final String MILL = "chaski://plant-7.example/node/mill-3";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String input = "";
    private Optional<Prompt> prompt = Optional.empty();
    private Path ca;
    private Path node;
    private Path password;

    @BeforeEach
    void names() throws IOException {
        ca = folder.resolve("ca");
        node = folder.resolve("mill");
        password = Files.writeString(folder.resolve("pw"), "correct horse\n");
    }

    private ExitCode run(String... words) {
        out.reset();
        err.reset();
        return command().run(List.of(words), new Terminal(stream(out), stream(err), prompt, new CountDownLatch(0)));
    }

    private AuthorityCommand command() {
        return new AuthorityCommand(new ByteArrayInputStream(input.getBytes(StandardCharsets.US_ASCII)));
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

    private static String member(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
        return matcher.group(1);
    }

    @Test
    void an_authority_is_made_by_its_verb() {
        assertThat(run(
                        "init",
                        "--dir",
                        ca.toString(),
                        "--domain",
                        "plant-7.example",
                        "--address",
                        "ca.plant-7.example:8520",
                        "--lifetime",
                        "12h",
                        "--password-file",
                        password.toString(),
                        "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(member(out(), "root")).hasSize(64);
        assertThat(err()).isEmpty();
        assertThat(run("init", "--dir", ca.toString(), "--domain", "a.example", "--password-file", password.toString()))
                .isEqualTo(ExitCode.CONFLICT);
        assertThat(err()).startsWith("chaski-ca: ").hasLineCount(1);
    }

    @Nested
    class An_authority_that_is_served {
        private final CountDownLatch stop = new CountDownLatch(1);
        private final ExecutorService executor = Executors.newSingleThreadExecutor();
        private final int nodePort = FastAuthority.freePort();
        private Future<ExitCode> served;

        @BeforeEach
        void serve() {
            int port = FastAuthority.freePort();
            FastAuthority.init(ca, "127.0.0.1:" + port, PasswordSource.ofFile(password));
            ByteArrayOutputStream ready = new ByteArrayOutputStream();
            Terminal terminal =
                    new Terminal(stream(ready), stream(new ByteArrayOutputStream()), Optional.empty(), stop);
            List<String> words = List.of(
                    "serve",
                    "--dir",
                    ca.toString(),
                    "--listen",
                    "127.0.0.1:" + port,
                    "--node-listen",
                    "127.0.0.1:" + nodePort,
                    "--password-file",
                    password.toString());
            served = executor.submit(() -> command().run(words, terminal));
            await().atMost(PATIENCE)
                    .until(() -> ready.toString(StandardCharsets.UTF_8).startsWith("ready on 127.0.0.1:"));
        }

        @AfterEach
        void stop() throws Exception {
            stop.countDown();
            assertThat(served.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ExitCode.OK);
            executor.shutdown();
            assertThat(ca.resolve("control.sock")).doesNotExist();
        }

        private String token() {
            assertThat(run("token", "create", MILL, "--dir", ca.toString(), "--json"))
                    .isEqualTo(ExitCode.OK);
            return member(out(), "token");
        }

        /** From the first word to the last, and no password but the one of the authority itself. */
        @Test
        void takes_a_node_through_its_life() throws IOException {
            input = token() + "\n";
            assertThat(run("enroll", "--dir", node.toString(), "--token-file", "-"))
                    .isEqualTo(ExitCode.OK);
            assertThat(out()).startsWith("enrolled " + MILL);
            assertThat(run("token", "list", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(out()).contains("used", MILL);
            assertThat(run("status", "--dir", node.toString(), "--json")).isEqualTo(ExitCode.OK);
            assertThat(member(out(), "state")).isEqualTo("valid");

            assertThat(run("renew", "--dir", node.toString())).isEqualTo(ExitCode.OK);
            assertThat(out()).startsWith("current");
            assertThat(run("renew", "--dir", node.toString(), "--force")).isEqualTo(ExitCode.OK);
            assertThat(out()).startsWith("renewed");

            assertThat(run("show", MILL, "--dir", ca.toString(), "--json")).isEqualTo(ExitCode.OK);
            assertThat(out()).hasLineCount(2);
            String serial = member(out(), "serial");
            assertThat(run("revoke", serial, "--why", "stolen", "--dir", ca.toString()))
                    .isEqualTo(ExitCode.OK);
            assertThat(run("crl", "show", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(out()).startsWith("1 revoked");
            assertThat(run("revoke", "4711", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(err()).contains("no certificate of 4711 that has not ended is known here");
            assertThat(run("crl", "show", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(out()).startsWith("2 revoked");
            Path list = folder.resolve("plant.crl");
            assertThat(run("crl", "publish", list.toString(), "--dir", ca.toString()))
                    .isEqualTo(ExitCode.OK);
            assertThat(Files.readAllBytes(list)).startsWith(0x30, 0x82);
            assertThat(run("revoke", MILL, "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(run("token", "create", MILL, "--dir", ca.toString())).isEqualTo(ExitCode.REFUSED);
            assertThat(run("readmit", MILL, "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(run("list", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(out()).contains("revoked", "chaski://plant-7.example/ca/authority");
            assertThat(run("audit", "verify", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            assertThat(out()).contains("records are sound");
        }

        /** The text travels between the processes, and has 1 MiB at most. */
        @Test
        void signs_a_policy_of_any_size() throws IOException {
            String patterns = IntStream.range(0, 5_100)
                    .mapToObj(number -> "\"" + "a".repeat(196) + (1_000 + number) + "\"")
                    .collect(Collectors.joining(","));
            String text =
                    "{\"version\":1,\"domain\":\"plant-7.example\",\"newcomer\":{\"publish\":[" + patterns + "]}}";
            assertThat(text.length()).isBetween(1_000_000, Policy.MAX_BYTES);
            Path policy = Files.writeString(folder.resolve("large.json"), text);

            assertThat(run("policy", "sign", policy.toString(), "--dir", ca.toString()))
                    .as("%s", err())
                    .isEqualTo(ExitCode.OK);
            SignedPolicy signed = SignedPolicy.read(Files.readAllBytes(folder.resolve("large.json.signed")));
            assertThat(new String(signed.text(), StandardCharsets.UTF_8)).isEqualTo(text);
        }

        @Test
        void tells_the_nodes_whom_it_revokes() {
            try (ChaskiNode mill = ChaskiNode.builder()
                    .dataDirectory(node)
                    .enroll(token())
                    .bootstrap("127.0.0.1:" + nodePort)
                    .start()) {
                await().atMost(PATIENCE).until(() -> mill.edges().size() == 1);
                assertThat(mill.edges().get(0).identity().orElseThrow().name())
                        .isEqualTo("chaski://plant-7.example/ca/authority");

                assertThat(run("revoke", MILL, "--why", "stolen", "--dir", ca.toString()))
                        .isEqualTo(ExitCode.OK);

                await().atMost(PATIENCE).until(() -> mill.edges().isEmpty());
            }
        }

        @Test
        void hands_out_the_policy_that_is_published() throws IOException {
            Path policy =
                    Files.writeString(folder.resolve("plant.json"), "{\"version\":4,\"domain\":\"plant-7.example\"}");
            try (ChaskiNode mill = ChaskiNode.builder()
                    .dataDirectory(node)
                    .enroll(token())
                    .bootstrap("127.0.0.1:" + nodePort)
                    .start()) {
                assertThat(mill.access()
                                .decide(mill.id(), Action.SUBSCRIBE, "news")
                                .isAllowed())
                        .isTrue();

                assertThat(run("policy", "publish", policy.toString(), "--dir", ca.toString()))
                        .isEqualTo(ExitCode.OK);
                assertThat(out()).startsWith("version 4 goes out");

                await().atMost(PATIENCE)
                        .until(() -> !mill.access()
                                .decide(mill.id(), Action.SUBSCRIBE, "news")
                                .isAllowed());
            }
        }

        @Test
        void takes_a_token_back() {
            input = token();
            String id = member(out(), "id");
            assertThat(run("token", "revoke", id, "--why", "lost", "--dir", ca.toString()))
                    .isEqualTo(ExitCode.OK);

            assertThat(run("enroll", "--dir", node.toString(), "--token-file", "-", "--json"))
                    .isEqualTo(ExitCode.REFUSED);
            assertThat(err()).startsWith("{\"error\":{").contains("TOKEN_INVALID");
            assertThat(out()).isEmpty();
            assertThat(run("token", "revoke", "00".repeat(16), "--dir", ca.toString()))
                    .isEqualTo(ExitCode.NOT_FOUND);
        }

        @Test
        void is_not_rotated_meanwhile() {
            for (String what : List.of("issuing", "root")) {
                assertThat(run("rotate", what, "--dir", ca.toString(), "--password-file", password.toString()))
                        .isEqualTo(ExitCode.CONFLICT);
            }
        }

        @Test
        void gives_its_roots_away() throws IOException {
            Path file = folder.resolve("roots");
            assertThat(run("bundle", "export", file.toString(), "--dir", ca.toString()))
                    .isEqualTo(ExitCode.OK);
            assertThat(SignedBundle.read(Files.readAllBytes(file)).number()).isEqualTo(1);
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
        void lets_nobody_else_give_commands() throws IOException {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ca)))
                    .isEqualTo("rwx------");
        }
    }

    @Nested
    class An_authority_that_rests {
        @BeforeEach
        void init() {
            FastAuthority.init(ca, "127.0.0.1:1", PasswordSource.ofFile(password));
        }

        private ExitCode onAuthority(String... words) {
            List<String> all = new ArrayList<>(List.of(words));
            all.addAll(List.of("--dir", ca.toString(), "--password-file", password.toString()));
            return run(all.toArray(new String[0]));
        }

        @Test
        void is_opened_for_one_verb() {
            assertThat(onAuthority("token", "create", MILL)).isEqualTo(ExitCode.OK);
            assertThat(out()).startsWith("chk1.");
            assertThat(onAuthority("rotate", "issuing")).isEqualTo(ExitCode.OK);
            assertThat(onAuthority("token", "list", "--json")).isEqualTo(ExitCode.OK);
            assertThat(member(out(), "state")).isEqualTo("open");
            assertThat(run("audit", "verify", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
        }

        @Test
        void replaces_its_root_step_by_step() throws Exception {
            Path file = folder.resolve("roots");
            Path policy = Files.writeString(folder.resolve("policy"), "{\"version\":1,\"domain\":\"plant-7.example\"}");
            assertThat(onAuthority("policy", "publish", policy.toString()))
                    .as("with a certificate below the root of now")
                    .isEqualTo(ExitCode.OK);
            assertThat(onAuthority("rotate", "root", "--json")).isEqualTo(ExitCode.OK);
            assertThat(out()).contains("\"roots\":2,\"number\":");
            assertThat(onAuthority("bundle", "export", file.toString())).isEqualTo(ExitCode.OK);
            long both = SignedBundle.read(Files.readAllBytes(file)).number();
            assertThat(onAuthority("rotate", "root")).isEqualTo(ExitCode.CONFLICT);
            assertThat(onAuthority("rotate", "root", "--finish")).isEqualTo(ExitCode.REFUSED);
            assertThat(onAuthority("rotate", "issuing")).isEqualTo(ExitCode.REFUSED);
            assertThat(err()).contains("not all nodes have heard of the next root");
            assertThat(onAuthority("rotate", "issuing", "--same-root", "--force"))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(onAuthority("rotate", "issuing", "--same-root")).isEqualTo(ExitCode.OK);
            assertThat(onAuthority("rotate", "issuing", "--force")).isEqualTo(ExitCode.OK);
            assertThat(onAuthority("bundle", "export", file.toString(), "--pem"))
                    .isEqualTo(ExitCode.OK);
            assertThat(Pem.certificates(Pem.read(Files.readAllBytes(file)))).hasSize(2);

            assertThat(onAuthority("rotate", "root", "--finish")).isEqualTo(ExitCode.REFUSED);
            assertThat(onAuthority("rotate", "root", "--finish", "--force")).isEqualTo(ExitCode.OK);
            assertThat(onAuthority("rotate", "root", "--finish")).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(onAuthority("rotate", "root", "--force")).isEqualTo(ExitCode.USAGE);
            assertThat(onAuthority("bundle", "export", file.toString())).isEqualTo(ExitCode.OK);
            SignedBundle bundle = SignedBundle.read(Files.readAllBytes(file));
            assertThat(bundle.number()).isGreaterThan(both);
            assertThat(bundle.roots()).hasSize(1);
        }

        @Test
        void is_asked_for_its_password_if_somebody_is_there() {
            prompt = Optional.of(question -> "correct horse".toCharArray());
            assertThat(run("list", "--dir", ca.toString())).isEqualTo(ExitCode.OK);
            prompt = Optional.of(question -> "wrong".toCharArray());
            assertThat(run("list", "--dir", ca.toString())).isEqualTo(ExitCode.REFUSED);
            prompt = Optional.empty();
            assertThat(run("list", "--dir", ca.toString())).isEqualTo(ExitCode.USAGE);
            assertThat(err()).contains("--password-file").hasLineCount(1);
        }

        @Test
        void that_nobody_serves_is_told_so_to_its_nodes() {
            assertThat(onAuthority("token", "create", MILL)).isEqualTo(ExitCode.OK);
            input = out();

            assertThat(run("enroll", "--dir", node.toString(), "--token-file", "-", "--wait", "0s"))
                    .isEqualTo(ExitCode.UNREACHABLE);
            assertThat(err()).contains("127.0.0.1:1").hasLineCount(1);
        }

        @Test
        void is_found_sound_by_the_doctor() {
            assertThat(run("doctor", "--dir", ca.toString())).as("%s", out()).isEqualTo(ExitCode.OK);
            assertThat(out())
                    .contains("versions", "permissions", "expiry", "audit", "tls")
                    .doesNotContain("FAIL");
        }

        /** Numbers of lists and sets go by the clock. */
        @Test
        void is_found_by_the_doctor_to_have_been_ahead_of_the_clock() {
            Path other = folder.resolve("other");
            FastAuthority.init(other, "127.0.0.1:1", PasswordSource.ofFile(password), Duration.ofMinutes(3));

            assertThat(run("doctor", "--dir", other.toString(), "--json")).isEqualTo(ExitCode.FAILURE);
            assertThat(out())
                    .contains("\"verdict\":\"FAIL\",\"check\":\"clock\"")
                    .contains("\"verdict\":\"OK\",\"check\":\"audit\"");
        }

        @Test
        @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
        void is_found_open_to_others_by_the_doctor() throws IOException {
            Files.setPosixFilePermissions(ca.resolve("root.key.pem"), PosixFilePermissions.fromString("rw-r--r--"));

            assertThat(run("doctor", "--dir", ca.toString(), "--json")).isEqualTo(ExitCode.FAILURE);
            assertThat(out()).contains("\"verdict\":\"FAIL\",\"check\":\"permissions\"");
        }
    }

    @Nested
    class Words_that_make_no_sense {
        private void assertUsage(String... words) {
            assertThat(run(words)).as("%s", List.of(words)).isEqualTo(ExitCode.USAGE);
            assertThat(err()).startsWith("chaski-ca: ").hasLineCount(1).doesNotContain("\tat ");
            assertThat(out()).isEmpty();
        }

        @Test
        void are_refused_in_one_line() {
            assertUsage("frobnicate");
            assertUsage("token");
            assertUsage("list");
            assertUsage("list", "--dir");
            assertUsage("list", "--dir", "a", "--dir", "b");
            assertUsage("list", "--dir", "a", "--what");
            assertUsage("list", "more", "--dir", "a");
            assertUsage("token", "create", "--dir", "a");
            assertUsage("init", "--dir", ca.toString(), "--domain", "A_B", "--password-file", password.toString());
            assertUsage("init", "--dir", ca.toString(), "--domain", "a.example", "--lifetime", "soon");
            assertUsage("enroll", "--dir", node.toString());
            assertUsage("serve", "--dir", ca.toString(), "--listen", "nowhere");
        }

        @Test
        void do_not_reach_the_terminal_as_they_are() {
            run("\u001b[31mlist\nchaski-ca: done");
            assertThat(err()).hasLineCount(1).doesNotContain("\u001b");
        }

        @Test
        void about_what_is_not_there_have_a_code_of_their_own() {
            assertThat(run("status", "--dir", node.toString())).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(run("renew", "--dir", node.toString())).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(run("audit", "verify", "--dir", ca.toString())).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(run("doctor", "--dir", ca.toString())).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(run("list", "--dir", ca.toString(), "--password-file", password.toString()))
                    .isEqualTo(ExitCode.NOT_FOUND);
        }
    }

    /** What every verb owes. */
    @Nested
    class Every_verb {
        @Test
        void explains_itself() {
            for (Verb verb : command().verbs()) {
                List<String> words = new ArrayList<>(List.of(verb.name().split(" ")));
                words.add("--help");
                assertThat(run(words.toArray(new String[0]))).as(verb.name()).isEqualTo(ExitCode.OK);
                assertThat(out()).contains("Usage: chaski-ca " + verb.name(), "Example: chaski-ca " + verb.name());
                verb.options().forEach(option -> assertThat(out()).contains(option.name()));
            }
            assertThat(run()).isEqualTo(ExitCode.USAGE);
            assertThat(run("--help")).isEqualTo(ExitCode.OK);
            command().verbs().forEach(verb -> assertThat(out()).contains(verb.name(), verb.summary()));
        }

        @Test
        void has_an_example_that_makes_sense() {
            for (Verb verb : command().verbs()) {
                List<String> words = List.of(verb.example()
                        .replaceAll("'[^']*'", "text")
                        .replaceAll(" 3<pw", "")
                        .split(" "));
                int name = verb.name().split(" ").length;
                assertThat(String.join(" ", words.subList(0, name))).isEqualTo(verb.name());
                Arguments.parse(words.subList(name, words.size()), AuthorityCommand.allOptions(verb), verb.operands());
            }
        }

        @Test
        void is_in_the_documentation() throws IOException {
            String documentation = Files.readString(Path.of("..", "docs", "ca.md"));
            for (Verb verb : command().verbs()) {
                assertThat(documentation).contains("`" + verb.name());
            }
            for (ExitCode code : ExitCode.values()) {
                assertThat(documentation).contains("| " + code.number() + " |");
            }
        }

        /** Every user of the machine can read the words of a process. */
        @Test
        void takes_no_secret_as_a_word() {
            for (Verb verb : command().verbs()) {
                assertThat(verb.options())
                        .filteredOn(option -> option.name().startsWith("--password")
                                || option.name().startsWith("--token"))
                        .allMatch(option -> List.of("FILE", "N", "VAR").contains(option.value()));
            }
        }
    }
}
