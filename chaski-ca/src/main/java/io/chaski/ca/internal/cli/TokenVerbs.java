package io.chaski.ca.internal.cli;

import io.chaski.ca.CertificateAuthority;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.time.Duration;
import java.util.List;

/** Tokens: make one, list them, take one back. */
final class TokenVerbs {

    private TokenVerbs() {}

    static final class Create extends AuthorityVerb {
        private static final Option VALID =
                new Option("--valid", "DURATION", "how long it can be used, up to 24h; 15m");
        private static final Option KEY = new Option("--key", "HEX", "the only key that may use it: enroll --prepare");

        @Override
        public String name() {
            return "token create";
        }

        @Override
        public String summary() {
            return "makes a token, with which a node enrols once";
        }

        @Override
        public List<String> operands() {
            return List.of("URI");
        }

        @Override
        List<Option> ownOptions() {
            return List.of(VALID, KEY);
        }

        @Override
        public String example() {
            return "token create chaski://plant-7.example/node/mill-3 --dir ca --password-file pw";
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            ChaskiUri uri = ChaskiUri.parse(arguments.operand(0));
            Duration validity = arguments.duration(VALID, Duration.ofMinutes(15));
            String token =
                    authority.createToken(uri, validity, arguments.value(KEY).map(Fingerprint::parse));
            List<CertificateAuthority.Token> all = authority.tokens();
            CertificateAuthority.Token made = all.get(all.size() - 1);
            terminal.result(
                    arguments,
                    token,
                    new Json()
                            .with("token", token)
                            .with("id", made.id())
                            .with("uri", uri)
                            .with("expires", made.expires()));
            return ExitCode.OK;
        }
    }

    static final class ListAll extends AuthorityVerb {
        @Override
        public String name() {
            return "token list";
        }

        @Override
        public String summary() {
            return "lists the tokens that have not ended";
        }

        @Override
        List<Option> ownOptions() {
            return List.of();
        }

        @Override
        public String example() {
            return "token list --dir ca --json";
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            for (CertificateAuthority.Token each : authority.tokens()) {
                String state = each.isRevoked() ? "revoked" : each.isUsed() ? "used" : "open";
                terminal.result(
                        arguments,
                        each.id() + "  " + each.expires() + "  " + state + "  " + each.uri(),
                        new Json()
                                .with("id", each.id())
                                .with("uri", each.uri())
                                .with("expires", each.expires())
                                .with("state", state));
            }
            return ExitCode.OK;
        }
    }

    static final class Revoke extends AuthorityVerb {
        @Override
        public String name() {
            return "token revoke";
        }

        @Override
        public String summary() {
            return "takes a token back that nobody has used";
        }

        @Override
        public List<String> operands() {
            return List.of("ID");
        }

        @Override
        List<Option> ownOptions() {
            return List.of(Option.WHY);
        }

        @Override
        public String example() {
            return "token revoke 101112131415161718191a1b1c1d1e1f --why 'sent to the wrong person' --dir ca";
        }

        @Override
        ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal) {
            authority.revokeToken(
                    arguments.operand(0), arguments.value(Option.WHY).orElse(""));
            terminal.result(
                    arguments,
                    "revoked",
                    new Json().with("id", arguments.operand(0)).with("state", "revoked"));
            return ExitCode.OK;
        }
    }
}
