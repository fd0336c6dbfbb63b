package io.chaski.ca.internal.cli;

import io.chaski.ca.CertificateAuthority;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.PolicyDocument;
import io.chaski.core.security.policy.PolicyDocument.Grants;
import io.chaski.core.security.policy.PolicyDocument.Role;
import io.chaski.core.security.policy.SignedPolicy;
import io.chaski.core.security.policy.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Policies: look one over, sign it, hand it out, ask it. */
final class PolicyVerbs {

    /** The first byte of a signed policy; no JSON begins with it. */
    private static final int SIGNED_FORM = 1;

    private PolicyVerbs() {}

    /** As much of a file as a policy can have, and a byte more, so that a longer one is found to be too long. */
    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(SignedPolicy.MAX_BYTES + 1);
        }
    }

    private static boolean isSigned(byte[] content) {
        return content.length > 0 && content[0] == SIGNED_FORM;
    }

    private static Optional<SignedPolicy> signed(byte[] content) {
        return isSigned(content) ? Optional.of(SignedPolicy.read(content)) : Optional.empty();
    }

    private static Policy policy(byte[] content) {
        return signed(content).map(SignedPolicy::policy).orElseGet(() -> Policy.parse(content));
    }

    static final class Check implements Verb {
        @Override
        public String name() {
            return "policy check";
        }

        @Override
        public String summary() {
            return "says whether a file is a policy, plain or signed, and where it is not; asks nobody who signed it";
        }

        @Override
        public List<Option> options() {
            return List.of();
        }

        @Override
        public List<String> operands() {
            return List.of("FILE");
        }

        @Override
        public String example() {
            return "policy check plant-7.json";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            byte[] content = read(Path.of(arguments.operand(0)));
            PolicyDocument document = policy(content).document();
            String domain = document.domain().map(Object::toString).orElse("no domain");
            String until = document.expires().map(Instant::toString).orElse("for ever");
            String signed = signed(content)
                    .map(policy ->
                            policy.chain().get(0).getNotAfter().toInstant().toString())
                    .orElse("");
            long patterns = patterns(document);
            terminal.result(
                    arguments,
                    "version " + document.version() + " of " + domain + ", "
                            + document.roles().size() + " roles, " + patterns + " patterns, until " + until
                            + (signed.isEmpty() ? "" : ", signed with a certificate until " + signed),
                    new Json()
                            .with("version", document.version())
                            .with(
                                    "domain",
                                    document.domain().map(Object::toString).orElse(""))
                            .with("roles", document.roles().size())
                            .with("patterns", patterns)
                            .with(
                                    "expires",
                                    document.expires().map(Instant::toString).orElse(""))
                            .with("inForce", document.isInForce(Instant.now()))
                            .with("signedUntil", signed));
            return ExitCode.OK;
        }

        private static long patterns(PolicyDocument document) {
            long identities = document.roles().stream()
                    .mapToLong(role -> role.match().size())
                    .sum();
            Stream<Grants> grants =
                    Stream.concat(document.roles().stream().map(Role::grants), Stream.of(document.newcomer()));
            return identities
                    + grants.flatMap(each ->
                                    Stream.of(each.allow().values(), each.deny().values()))
                            .flatMap(lists -> lists.stream())
                            .mapToLong(List::size)
                            .sum();
        }
    }

    /** The file is read here and the key may be in another process, so the text travels with the words. */
    private abstract static class Signing extends AuthorityVerb {
        private static final Option TEXT = new Option("--text", "BASE64", "how the policy travels between processes");

        /** A word has 65,535 bytes at most, and the largest policy needs 22 of these. */
        private static final int WORD_LENGTH = 65_000;

        abstract List<Option> moreOptions();

        abstract void tell(SignedPolicy signed, long version, Arguments arguments, Terminal terminal)
                throws IOException;

        @Override
        final List<Option> ownOptions() {
            List<Option> all = new ArrayList<>(moreOptions());
            all.add(TEXT);
            return all;
        }

        @Override
        public final List<String> operands() {
            return List.of("FILE");
        }

        @Override
        public final String example() {
            return name() + " plant-7.json --dir ca --password-file pw";
        }

        @Override
        public final ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            if (arguments.has(TEXT)) {
                throw new UsageException("the policy is in FILE, not behind " + TEXT.name());
            }
            byte[] text = read(Path.of(arguments.operand(0)));
            if (isSigned(text)) {
                throw new UsageException(
                        arguments.operand(0) + " is signed already: give the text that it was made of");
            }
            long version = Policy.parse(text).version();
            List<String> words = new ArrayList<>(arguments.words());
            String base64 = Base64.getEncoder().encodeToString(text);
            for (int start = 0; start < base64.length(); start += WORD_LENGTH) {
                words.add(TEXT.name());
                words.add(base64.substring(start, Math.min(base64.length(), start + WORD_LENGTH)));
            }
            return make(
                    Arguments.parse(words, AuthorityCommand.allOptions(this), operands()),
                    terminal,
                    made -> tell(SignedPolicy.read(made), version, arguments, terminal));
        }

        @Override
        final ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            byte[] text = Base64.getDecoder().decode(String.join("", arguments.all(TEXT)));
            byte[] signed = authority.signPolicy(text).toBytes();
            terminal.out().println(Base64.getEncoder().encodeToString(signed));
            return ExitCode.OK;
        }
    }

    static final class Sign extends Signing {
        private static final Option OUT = new Option("--out", "FILE", "where to; FILE.signed if it is not there");

        @Override
        public String name() {
            return "policy sign";
        }

        @Override
        public String summary() {
            return "signs a policy, for nodes to follow, with a certificate of its own that lasts as long as those of nodes";
        }

        @Override
        List<Option> moreOptions() {
            return List.of(OUT);
        }

        @Override
        void tell(SignedPolicy signed, long version, Arguments arguments, Terminal terminal) throws IOException {
            Path file = Path.of(arguments.value(OUT).orElse(arguments.operand(0) + ".signed"))
                    .toAbsolutePath();
            PublicFile.write(file, signed.toBytes());
            Instant until = signed.chain().get(0).getNotAfter().toInstant();
            terminal.result(
                    arguments,
                    file + ", version " + version + ", for nodes that hear of it until " + until,
                    new Json().with("file", file).with("version", version).with("until", until));
        }
    }

    /** Whoever serves the authority hands out what it has signed last. */
    static final class Publish extends Signing {
        @Override
        public String name() {
            return "policy publish";
        }

        @Override
        public String summary() {
            return "signs a policy and hands it out: to the nodes that the authority has joined, and with each certificate";
        }

        @Override
        List<Option> moreOptions() {
            return List.of();
        }

        @Override
        void tell(SignedPolicy signed, long version, Arguments arguments, Terminal terminal) {
            boolean isServed = new ControlSocket.Client(arguments.directory()).isThere();
            if (!isServed) {
                terminal.err().println("nobody serves the authority: nodes hear of it when somebody does");
            }
            terminal.result(
                    arguments,
                    "version " + version
                            + (isServed
                                    ? " goes out with each certificate, and at once to nodes that the authority has joined"
                                    : " is signed"),
                    new Json().with("version", version).with("served", isServed));
        }
    }

    static final class Explain implements Verb {
        private static final Option FILE = new Option("--file", "FILE", "a policy, plain or signed");
        private static final Option DIR =
                new Option("--dir", "DIR", "an authority: the policy that it has signed last");

        @Override
        public String name() {
            return "policy explain";
        }

        @Override
        public String summary() {
            return "says whether an identity may do something, and which rule says so; 0 allowed, 5 denied";
        }

        @Override
        public List<Option> options() {
            return List.of(FILE, DIR);
        }

        @Override
        public List<String> operands() {
            return List.of("IDENTITY", "ACTION", "OBJECT");
        }

        @Override
        public String example() {
            return "policy explain chaski://plant-7.example/node/mill-3 publish telemetry/speed --file plant-7.json";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            Subject subject = new Subject(arguments.operand(0));
            Action action = Action.ofKey(arguments.operand(1))
                    .orElseThrow(() -> new UsageException(
                            "no action '" + arguments.operand(1) + "'; there are " + List.of(Action.values())));
            Policy policy = policy(arguments, terminal);
            if (!policy.document().isInForce(Instant.now())) {
                terminal.err().println("the policy is not in force now: nobody may do anything");
            }
            Decision decision = AccessRules.of(policy).decide(subject, action, arguments.operand(2));
            terminal.result(
                    arguments,
                    decision.sentence(),
                    new Json()
                            .with("allowed", decision.isAllowed())
                            .with("cause", decision.cause())
                            .with("role", decision.role().orElse(""))
                            .with("pattern", decision.pattern().orElse(""))
                            .with("sentence", decision.sentence()));
            return decision.isAllowed() ? ExitCode.OK : ExitCode.REFUSED;
        }

        private static Policy policy(Arguments arguments, Terminal terminal) throws IOException {
            Optional<String> file = arguments.value(FILE);
            Optional<String> directory = arguments.value(DIR);
            if (file.isPresent() == directory.isPresent()) {
                throw new UsageException("either --file or --dir");
            }
            if (file.isPresent()) {
                return PolicyVerbs.policy(read(Path.of(file.get())));
            }
            Optional<SignedPolicy> signed = CertificateAuthority.signedPolicy(arguments.directory());
            if (signed.isEmpty()) {
                terminal.err().println("no policy was signed: this is the preset members");
                return Policy.members();
            }
            return signed.get().policy();
        }
    }
}
