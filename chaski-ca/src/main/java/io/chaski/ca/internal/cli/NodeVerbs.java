package io.chaski.ca.internal.cli;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.NodeCredentials;
import io.chaski.ca.NodeEnrolment;
import io.chaski.core.security.Fingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The side of a node: get an identity, renew it, look at it. */
final class NodeVerbs {

    private NodeVerbs() {}

    private static void print(String what, NodeCredentials credentials, Arguments arguments, Terminal terminal) {
        Fingerprint key = Fingerprint.of(credentials.chain().get(0).getPublicKey());
        terminal.result(
                arguments,
                what + " " + credentials.uri() + " until " + credentials.notAfter(),
                new Json()
                        .with("state", what)
                        .with("uri", credentials.uri())
                        .with("key", key)
                        .with("notBefore", credentials.notBefore())
                        .with("notAfter", credentials.notAfter())
                        .with("renewAt", renewAt(credentials)));
    }

    private static Instant renewAt(NodeCredentials credentials) {
        Duration life = Duration.between(credentials.notBefore(), credentials.notAfter());
        return credentials.notBefore().plus(life.multipliedBy(2).dividedBy(3));
    }

    private static NodeCredentials stored(Arguments arguments) {
        return NodeEnrolment.in(arguments.directory())
                .stored()
                .orElseThrow(() -> new AuthorityException(
                        Problem.MISSING, arguments.directory() + " has no identity of a node", null));
    }

    static final class Enroll implements Verb {
        /** The longest is some 2,200 characters. */
        private static final int MAX_TOKEN_BYTES = 4 << 10;

        private static final Option TOKEN_FILE = new Option("--token-file", "FILE", "the token; - for standard input");
        private static final Option TOKEN_ENV =
                new Option("--token-env", "VAR", "the token is in an environment variable");
        private static final Option WAIT =
                new Option("--wait", "DURATION", "for an authority that does not answer; 30s");
        private static final Option PREPARE =
                new Option("--prepare", "", "only makes the key and prints its fingerprint");

        private final InputStream in;

        Enroll(InputStream in) {
            this.in = in;
        }

        @Override
        public String name() {
            return "enroll";
        }

        @Override
        public String summary() {
            return "gives a node its identity with a token; does nothing if it has it already";
        }

        @Override
        public List<Option> options() {
            return List.of(Option.DIR, TOKEN_FILE, TOKEN_ENV, WAIT, PREPARE);
        }

        @Override
        public String example() {
            return "enroll --dir mill-3 --token-file -";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            NodeEnrolment enrolment = NodeEnrolment.in(arguments.directory());
            if (arguments.has(PREPARE)) {
                Fingerprint key = enrolment.prepareKey();
                terminal.result(arguments, key.toString(), new Json().with("key", key));
                return ExitCode.OK;
            }
            NodeCredentials credentials =
                    enrolment.enrol(token(arguments), arguments.duration(WAIT, NodeEnrolment.DEFAULT_LIMIT));
            print("enrolled", credentials, arguments, terminal);
            return ExitCode.OK;
        }

        /** Not from the command line: who reads it there first can use it first. */
        private String token(Arguments arguments) throws IOException {
            Optional<String> file = arguments.value(TOKEN_FILE);
            Optional<String> variable = arguments.value(TOKEN_ENV);
            if (file.isPresent() == variable.isPresent()) {
                throw new UsageException("either --token-file or --token-env");
            }
            if (variable.isPresent()) {
                String token = System.getenv(variable.get());
                if (token == null) {
                    throw new UsageException("the environment variable " + variable.get() + " is not set");
                }
                return token.strip();
            }
            if (file.get().equals("-")) {
                return text(in);
            }
            try (InputStream opened = Files.newInputStream(Path.of(file.get()))) {
                return text(opened);
            }
        }

        private static String text(InputStream from) throws IOException {
            return new String(from.readNBytes(MAX_TOKEN_BYTES), StandardCharsets.US_ASCII).strip();
        }
    }

    static final class Renew implements Verb {
        private static final Option FORCE = new Option("--force", "", "also before two thirds of its life are over");

        @Override
        public String name() {
            return "renew";
        }

        @Override
        public String summary() {
            return "replaces the certificate of a node if it is time; nothing to do is no failure";
        }

        @Override
        public List<Option> options() {
            return List.of(Option.DIR, FORCE);
        }

        @Override
        public String example() {
            return "renew --dir mill-3";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) {
            NodeCredentials current = stored(arguments);
            if (!arguments.has(FORCE) && Instant.now().isBefore(renewAt(current))) {
                print("current", current, arguments, terminal);
                return ExitCode.OK;
            }
            print("renewed", NodeEnrolment.in(arguments.directory()).renew(), arguments, terminal);
            return ExitCode.OK;
        }
    }

    static final class Status implements Verb {
        @Override
        public String name() {
            return "status";
        }

        @Override
        public String summary() {
            return "shows the identity of a node; 0 valid, 5 ended or not begun, 6 none";
        }

        @Override
        public List<Option> options() {
            return List.of(Option.DIR);
        }

        @Override
        public String example() {
            return "status --dir mill-3 --json";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) {
            NodeCredentials current = stored(arguments);
            Instant now = Instant.now();
            boolean isValid = !now.isBefore(current.notBefore()) && !now.isAfter(current.notAfter());
            print(
                    isValid ? "valid" : now.isAfter(current.notAfter()) ? "ended" : "not-begun",
                    current,
                    arguments,
                    terminal);
            return isValid ? ExitCode.OK : ExitCode.REFUSED;
        }
    }
}
