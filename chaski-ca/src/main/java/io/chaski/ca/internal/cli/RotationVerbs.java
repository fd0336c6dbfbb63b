package io.chaski.ca.internal.cli;

import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.PasswordSource;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.SignedBundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Another issuing key, another root, and whom nodes are to trust. */
final class RotationVerbs {

    private static final Option FORCE =
            new Option("--force", "", "also before all nodes have had the time: those will be shut out");

    private RotationVerbs() {}

    /** Something that takes the password for more than opening: who serves does not keep it, so nobody may be serving. */
    private abstract static class Rotation implements Verb {

        abstract List<Option> ownOptions();

        abstract void run(
                Arguments arguments, CertificateAuthority authority, PasswordSource password, Terminal terminal);

        @Override
        public final List<Option> options() {
            return Passwords.withOptions(ownOptions());
        }

        @Override
        public final ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            char[] secret = {};
            try {
                secret = Passwords.of(arguments, terminal).read();
                char[] same = secret;
                try (CertificateAuthority authority = CertificateAuthority.open(arguments.directory(), same::clone)) {
                    run(arguments, authority, same::clone, terminal);
                }
                return ExitCode.OK;
            } finally {
                Arrays.fill(secret, '\0');
            }
        }
    }

    static final class Issuing extends Rotation {
        private static final Option SAME_ROOT = new Option(
                "--same-root",
                "",
                "below the root as before, while another one is coming: for a key that may be known to others");

        @Override
        public String name() {
            return "rotate issuing";
        }

        @Override
        public String summary() {
            return "replaces the issuing key; takes the root's key, and an authority that is not being served";
        }

        @Override
        List<Option> ownOptions() {
            return List.of(FORCE, SAME_ROOT);
        }

        @Override
        public String example() {
            return "rotate issuing --dir ca --password-file pw";
        }

        @Override
        void run(Arguments arguments, CertificateAuthority authority, PasswordSource password, Terminal terminal) {
            if (!arguments.has(SAME_ROOT)) {
                authority.rotateIssuing(password, arguments.has(FORCE));
            } else if (arguments.has(FORCE)) {
                throw new UsageException("there is nothing to force: all nodes know the root as before");
            } else {
                authority.replaceIssuing(password);
            }
            Fingerprint key = Fingerprint.of(authority.issuing().getPublicKey());
            Instant end = authority.issuing().getNotAfter().toInstant();
            terminal.result(
                    arguments,
                    "issuing key " + key + " until " + end,
                    new Json()
                            .with("key", key)
                            .with("root", Fingerprint.of(authority.root()))
                            .with("notAfter", end));
        }
    }

    static final class Root extends Rotation {
        private static final Option FINISH =
                new Option("--finish", "", "trust the newest root only; after rotate issuing");

        @Override
        public String name() {
            return "rotate root";
        }

        @Override
        public String summary() {
            return "makes another root that nodes trust as well; takes an authority that is not being served";
        }

        @Override
        List<Option> ownOptions() {
            return List.of(FINISH, FORCE);
        }

        @Override
        public String example() {
            return "rotate root --dir ca --password-file pw";
        }

        @Override
        void run(Arguments arguments, CertificateAuthority authority, PasswordSource password, Terminal terminal) {
            if (arguments.has(FINISH)) {
                authority.dropRoot(arguments.has(FORCE));
            } else if (arguments.has(FORCE)) {
                throw new UsageException("there is nothing to force: nodes trust both roots at first");
            } else {
                authority.addRoot(password);
            }
            List<X509Certificate> roots = authority.roots();
            Fingerprint newest = Fingerprint.of(roots.get(roots.size() - 1));
            long number = authority.signedBundle().number();
            terminal.result(
                    arguments,
                    "root " + newest + ", one of " + roots.size() + " in set " + number,
                    new Json().with("root", newest).with("roots", roots.size()).with("number", number));
        }
    }

    static final class BundleExport extends AuthorityVerb {

        private static final int PEM_LINE = 64;
        private static final Option PEM = new Option("--pem", "", "the certificates of the roots, for other programs");

        @Override
        public String name() {
            return "bundle export";
        }

        @Override
        public String summary() {
            return "writes the set of roots to a file, signed, in place of the one before";
        }

        @Override
        public List<String> operands() {
            return List.of("FILE");
        }

        @Override
        List<Option> ownOptions() {
            return List.of(PEM);
        }

        @Override
        public String example() {
            return "bundle export plant-7.roots --dir ca --password-file pw";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            return make(arguments, terminal, made -> write(SignedBundle.read(made), arguments, terminal));
        }

        private static void write(SignedBundle bundle, Arguments arguments, Terminal terminal) throws IOException {
            Path file = Path.of(arguments.operand(0)).toAbsolutePath();
            int count = bundle.roots().size();
            PublicFile.write(file, arguments.has(PEM) ? pem(bundle.roots()) : bundle.toBytes());
            terminal.result(
                    arguments,
                    file + ", set " + bundle.number() + " with " + count + " roots",
                    new Json()
                            .with("file", file)
                            .with("number", bundle.number())
                            .with("roots", count));
        }

        /** By hand, because verbs know the public API alone. */
        private static byte[] pem(Set<X509Certificate> certificates) {
            Base64.Encoder encoder = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'});
            StringBuilder text = new StringBuilder();
            try {
                for (X509Certificate each : certificates) {
                    text.append("-----BEGIN CERTIFICATE-----\n")
                            .append(encoder.encodeToString(each.getEncoded()))
                            .append("\n-----END CERTIFICATE-----\n");
                }
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("a certificate that was read has no encoding", e);
            }
            return text.toString().getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            byte[] bundle = authority.signedBundle().toBytes();
            terminal.out().println(Base64.getEncoder().encodeToString(bundle));
            return ExitCode.OK;
        }
    }
}
