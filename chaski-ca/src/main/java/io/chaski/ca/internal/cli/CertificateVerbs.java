package io.chaski.ca.internal.cli;

import io.chaski.ca.CertificateAuthority;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.util.List;

/** Certificates: list them, show one, revoke, admit again. */
final class CertificateVerbs {

    private static final String URI_PREFIX = "chaski:";
    private static final String KEY_PREFIX = "key:";
    private static final int HEX = 16;

    private CertificateVerbs() {}

    private static boolean isAbout(CertificateAuthority.Entry entry, String what) {
        if (what.startsWith(URI_PREFIX)) {
            return entry.uri().equals(ChaskiUri.parse(what));
        }
        return what.startsWith(KEY_PREFIX)
                ? entry.key().equals(Fingerprint.parse(what.substring(KEY_PREFIX.length())))
                : entry.serial().equals(Arguments.serial(what));
    }

    private static void print(CertificateAuthority.Entry entry, Arguments arguments, Terminal terminal) {
        String serial = entry.serial().toString(HEX);
        String state = entry.isRevoked() ? "revoked" : "valid";
        terminal.result(
                arguments,
                serial + "  " + entry.notAfter() + "  " + entry.usage() + "  " + state + "  " + entry.uri(),
                new Json()
                        .with("serial", serial)
                        .with("uri", entry.uri())
                        .with("key", entry.key())
                        .with("notAfter", entry.notAfter())
                        .with("usage", entry.usage())
                        .with("state", state));
    }

    static final class ListAll extends AuthorityVerb {
        @Override
        public String name() {
            return "list";
        }

        @Override
        public String summary() {
            return "lists the certificates that have not ended";
        }

        @Override
        List<Option> ownOptions() {
            return List.of();
        }

        @Override
        public String example() {
            return "list --dir ca --password-file pw";
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            authority.list().forEach(entry -> print(entry, arguments, terminal));
            return ExitCode.OK;
        }
    }

    static final class Show extends AuthorityVerb {
        @Override
        public String name() {
            return "show";
        }

        @Override
        public String summary() {
            return "shows the certificates of an identity, a key or a serial number";
        }

        @Override
        public List<String> operands() {
            return List.of("URI|key:HEX|SERIAL");
        }

        @Override
        List<Option> ownOptions() {
            return List.of();
        }

        @Override
        public String example() {
            return "show chaski://plant-7.example/node/mill-3 --dir ca --json";
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            List<CertificateAuthority.Entry> found = authority.list().stream()
                    .filter(entry -> isAbout(entry, arguments.operand(0)))
                    .toList();
            found.forEach(entry -> print(entry, arguments, terminal));
            if (found.isEmpty()) {
                terminal.err().println("no certificate that is valid still");
                return ExitCode.NOT_FOUND;
            }
            return ExitCode.OK;
        }
    }

    static final class Revoke extends AuthorityVerb {
        @Override
        public String name() {
            return "revoke";
        }

        @Override
        public String summary() {
            return "revokes a certificate, a key, or an identity with all it has";
        }

        @Override
        public List<String> operands() {
            return List.of("URI|key:HEX|SERIAL");
        }

        @Override
        List<Option> ownOptions() {
            return List.of(Option.WHY);
        }

        @Override
        public String example() {
            return "revoke chaski://plant-7.example/node/mill-3 --why stolen --dir ca";
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            String what = arguments.operand(0);
            String why = arguments.value(Option.WHY).orElse("");
            int certificates = revoke(authority, what, why);
            if (certificates == 0) {
                terminal.err()
                        .println(
                                "no certificate of " + Terminal.printable(what)
                                        + " that has not ended is known here. After a restore,"
                                        + " or with a mistyped name, there may be one that is on no list: revoke its serial number");
            }
            terminal.result(
                    arguments,
                    "revoked",
                    new Json().with("what", what).with("state", "revoked").with("certificates", certificates));
            return ExitCode.OK;
        }

        private static int revoke(CertificateAuthority authority, String what, String why) {
            if (what.startsWith(URI_PREFIX)) {
                return authority.revoke(ChaskiUri.parse(what), why);
            }
            return what.startsWith(KEY_PREFIX)
                    ? authority.revoke(Fingerprint.parse(what.substring(KEY_PREFIX.length())), why)
                    : authority.revoke(Arguments.serial(what), why);
        }
    }

    static final class Readmit extends AuthorityVerb {
        @Override
        public String name() {
            return "readmit";
        }

        @Override
        public String summary() {
            return "lets a revoked identity have certificates again";
        }

        @Override
        public List<String> operands() {
            return List.of("URI");
        }

        @Override
        List<Option> ownOptions() {
            return List.of();
        }

        @Override
        public String example() {
            return "readmit chaski://plant-7.example/node/mill-3 --dir ca";
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            authority.readmit(ChaskiUri.parse(arguments.operand(0)));
            terminal.result(
                    arguments,
                    "admitted",
                    new Json().with("uri", arguments.operand(0)).with("state", "admitted"));
            return ExitCode.OK;
        }
    }
}
