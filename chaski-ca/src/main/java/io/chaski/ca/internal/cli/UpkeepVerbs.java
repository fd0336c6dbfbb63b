package io.chaski.ca.internal.cli;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.CertificateAuthority;
import io.chaski.core.internal.module.JdkCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Revocation lists, the audit log. */
final class UpkeepVerbs {

    private UpkeepVerbs() {}

    static final class CrlShow extends AuthorityVerb {
        private static final Option BASE64 = new Option("--base64", "", "the list itself, DER in Base64");

        @Override
        public String name() {
            return "crl show";
        }

        @Override
        public String summary() {
            return "shows the revocation list, made anew if something was revoked or an hour is over";
        }

        @Override
        List<Option> ownOptions() {
            return List.of(BASE64);
        }

        @Override
        public String example() {
            return "crl show --dir ca --json";
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            byte[] der = authority.revocationList();
            if (arguments.has(BASE64)) {
                terminal.out().println(Base64.getEncoder().encodeToString(der));
                return ExitCode.OK;
            }
            X509CRL list = parse(der);
            int entries = list.getRevokedCertificates() == null
                    ? 0
                    : list.getRevokedCertificates().size();
            terminal.result(
                    arguments,
                    entries + " revoked, made " + list.getThisUpdate().toInstant() + ", good until "
                            + list.getNextUpdate().toInstant(),
                    new Json()
                            .with("entries", entries)
                            .with("thisUpdate", list.getThisUpdate().toInstant())
                            .with("nextUpdate", list.getNextUpdate().toInstant())
                            .with("bytes", der.length));
            return ExitCode.OK;
        }

        private static X509CRL parse(byte[] der) {
            try {
                return JdkCertificates.readList(der);
            } catch (CRLException e) {
                throw new AuthorityException(Problem.DAMAGED, "the list cannot be read", e);
            }
        }
    }

    static final class CrlPublish implements Verb {
        private final CrlShow show = new CrlShow();

        @Override
        public String name() {
            return "crl publish";
        }

        @Override
        public String summary() {
            return "writes the revocation list to a file, DER, in place of the one before";
        }

        @Override
        public List<Option> options() {
            return show.options().stream()
                    .filter(option -> !option.equals(CrlShow.BASE64))
                    .toList();
        }

        @Override
        public List<String> operands() {
            return List.of("FILE");
        }

        @Override
        public String example() {
            return "crl publish /var/www/plant-7.crl --dir ca --password-file pw";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            List<String> words = new ArrayList<>(arguments.words());
            words.remove(arguments.operand(0));
            words.add(CrlShow.BASE64.name());
            return show.make(
                    Arguments.parse(words, AuthorityCommand.allOptions(show), show.operands()),
                    terminal,
                    der -> write(der, arguments, terminal));
        }

        private static void write(byte[] der, Arguments arguments, Terminal terminal) throws IOException {
            Path file = Path.of(arguments.operand(0)).toAbsolutePath();
            PublicFile.write(file, der);
            terminal.result(
                    arguments,
                    file + ", " + der.length + " bytes",
                    new Json().with("file", file).with("bytes", der.length));
        }
    }

    static final class AuditVerify implements Verb {
        @Override
        public String name() {
            return "audit verify";
        }

        @Override
        public String summary() {
            return "checks the audit log from its first record on; takes no password";
        }

        @Override
        public List<Option> options() {
            return List.of(Option.DIR);
        }

        @Override
        public String example() {
            return "audit verify --dir ca";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            ControlSocket.Client serving = new ControlSocket.Client(arguments.directory());
            if (serving.isThere()) {
                List<String> words = new ArrayList<>(List.of("audit", "verify"));
                words.addAll(arguments.words());
                return serving.run(words, terminal);
            }
            return print(CertificateAuthority.verifyAudit(arguments.directory()), arguments, terminal);
        }

        static ExitCode print(CertificateAuthority.Audit audit, Arguments arguments, Terminal terminal) {
            Optional<String> problem = audit.problem();
            terminal.result(
                    arguments,
                    audit.records() + " records are sound, head " + audit.head()
                            + problem.map(text -> "; " + text).orElse(""),
                    new Json()
                            .with("sound", problem.isEmpty())
                            .with("records", audit.records())
                            .with("head", audit.head())
                            .with("problem", problem.orElse("")));
            return problem.isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
        }
    }
}
