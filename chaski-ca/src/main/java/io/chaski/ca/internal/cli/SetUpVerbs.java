package io.chaski.ca.internal.cli;

import io.chaski.ca.AuthorityNode;
import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.AuthorityServer;
import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.PasswordSource;
import io.chaski.ca.SubjectAttributes;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.TrustDomain;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** An authority comes into being, and answers. */
final class SetUpVerbs {

    private SetUpVerbs() {}

    static final class Init implements Verb {
        private static final Option DOMAIN = new Option("--domain", "NAME", "trust domain, whose identities it gives");
        private static final Option ADDRESS =
                new Option("--address", "HOST:PORT", "where nodes find it; up to 4 times, part of tokens");
        private static final Option LIFETIME = new Option("--lifetime", "DURATION", "of certificates, 5m to 7d; 24h");
        private static final Option ALLOW_EXPIRED =
                new Option("--allow-expired", "DURATION", "renew so long after the end, up to 24h; not at all");
        private static final Option NAME = new Option("--name", "TEXT", "for people, in the authority's certificates");
        private static final Option ORGANISATION = new Option("--organisation", "TEXT", "for people");
        private static final Option COUNTRY = new Option("--country", "XX", "for people");

        @Override
        public String name() {
            return "init";
        }

        @Override
        public String summary() {
            return "makes an authority in a directory";
        }

        @Override
        public List<Option> options() {
            return Passwords.withOptions(
                    List.of(DOMAIN, ADDRESS, LIFETIME, ALLOW_EXPIRED, NAME, ORGANISATION, COUNTRY));
        }

        @Override
        public String example() {
            return "init --dir ca --domain plant-7.example --address ca.plant-7.example:8520 --password-file pw";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) {
            AuthorityOptions.Builder options = AuthorityOptions.builder(new TrustDomain(arguments.required(DOMAIN)))
                    .leafLifetime(arguments.duration(LIFETIME, AuthorityOptions.DEFAULT_LEAF_LIFETIME))
                    .allowedExpired(arguments.duration(ALLOW_EXPIRED, Duration.ZERO))
                    .subject(new SubjectAttributes(
                            arguments.value(COUNTRY),
                            Optional.empty(),
                            Optional.empty(),
                            arguments.value(ORGANISATION),
                            arguments.value(NAME)));
            arguments.all(ADDRESS).forEach(options::address);
            PasswordSource password = twice(Passwords.of(arguments, terminal), arguments, terminal);
            char[] secret = {};
            try {
                secret = password.read();
                char[] same = secret;
                CertificateAuthority.init(arguments.directory(), options.build(), same::clone);
                try (CertificateAuthority authority = CertificateAuthority.open(arguments.directory(), same::clone)) {
                    Fingerprint root = Fingerprint.of(authority.root());
                    terminal.result(
                            arguments,
                            "root " + root,
                            new Json()
                                    .with("directory", arguments.directory())
                                    .with("trustDomain", authority.options().trustDomain())
                                    .with("root", root));
                }
                return ExitCode.OK;
            } catch (IOException e) {
                throw new UsageException(String.valueOf(e.getMessage()));
            } finally {
                Arrays.fill(secret, '\0');
            }
        }

        /** A password that is typed and misspelt would make an authority that nobody can open. */
        private static PasswordSource twice(PasswordSource source, Arguments arguments, Terminal terminal) {
            boolean isTyped = Passwords.OPTIONS.stream().noneMatch(arguments::has);
            if (!isTyped || terminal.prompt().isEmpty()) {
                return source;
            }
            return () -> {
                char[] first = source.read();
                char[] second = terminal.prompt().get().password("Once more: ");
                boolean isSame = Arrays.equals(first, second);
                Arrays.fill(second, '\0');
                if (!isSame) {
                    Arrays.fill(first, '\0');
                    throw new IOException("the two passwords differ");
                }
                return first;
            };
        }
    }

    static final class Serve implements Verb {
        private static final Option LISTEN = new Option("--listen", "HOST:PORT", "where to listen; 127.0.0.1:8520");
        private static final Option JOIN =
                new Option("--join", "HOST:PORT", "node of the network that is told what is revoked; several times");
        private static final Option NODE_LISTEN =
                new Option("--node-listen", "HOST:PORT", "where nodes reach the authority's own node; nowhere else");
        private static final Option CLUSTER =
                new Option("--cluster", "NAME", "of the nodes, if it is not the usual one");

        private final ControlSocket.Handler commands;
        private final Served served;

        /** Which authority the commands are for, as long as it is served. */
        static final class Served {
            private volatile Optional<CertificateAuthority> authority = Optional.empty();

            CertificateAuthority authority() {
                return authority.orElseThrow(() -> new UsageException("the authority is closing"));
            }
        }

        Serve(Served served, ControlSocket.Handler commands) {
            this.served = served;
            this.commands = commands;
        }

        @Override
        public String name() {
            return "serve";
        }

        @Override
        public String summary() {
            return "answers nodes until it is stopped; other verbs reach it through a socket in its directory";
        }

        @Override
        public List<Option> options() {
            return Passwords.withOptions(List.of(LISTEN, JOIN, NODE_LISTEN, CLUSTER));
        }

        @Override
        public String example() {
            return "serve --dir ca --listen 0.0.0.0:8520 --password-fd 3 3<pw";
        }

        @Override
        public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
            Address listen = Address.parse(arguments.value(LISTEN).orElse("127.0.0.1:8520"));
            try (CertificateAuthority authority =
                            CertificateAuthority.open(arguments.directory(), Passwords.of(arguments, terminal));
                    Closeable node = join(authority, arguments);
                    AuthorityServer server = authority.serve(listen)) {
                Objects.requireNonNull(node, "node");
                served.authority = Optional.of(authority);
                Optional<ControlSocket> control = ControlSocket.listen(arguments.directory(), commands);
                terminal.result(
                        arguments,
                        "ready on " + server.address(),
                        new Json().with("ready", true).with("address", server.address()));
                try {
                    terminal.stop().await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                if (control.isPresent()) {
                    control.get().close();
                }
                served.authority = Optional.empty();
            }
            return ExitCode.OK;
        }

        /** A node that tells the others what is revoked, if it is told where they are, or where they can find it. */
        private static Closeable join(CertificateAuthority authority, Arguments arguments) {
            if (!arguments.has(JOIN) && !arguments.has(NODE_LISTEN)) {
                return () -> {};
            }
            NodeBuilder builder = ChaskiNode.builder()
                    .name("authority")
                    .bootstrap(arguments.all(JOIN).toArray(String[]::new));
            arguments.value(CLUSTER).ifPresent(builder::cluster);
            arguments.value(NODE_LISTEN).ifPresentOrElse(builder::listen, builder::listenNowhere);
            AuthorityNode node = authority.join(builder);
            return node::close;
        }
    }
}
