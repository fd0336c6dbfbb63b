package io.chaski.examples.securemesh;

import io.chaski.ca.AuthorityNode;
import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.AuthorityServer;
import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.PasswordSource;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustDomain;
import io.chaski.examples.process.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The authority: answers nodes that enrol, makes tokens, and revokes. Its own node tells the others who is revoked. */
final class AuthorityProcess {

    private static final String DOMAIN = "plant-7.example";

    private AuthorityProcess() {}

    static void run(Path directory) throws Exception {
        PasswordSource password = "not so secret"::toCharArray;
        Address address = Address.tcp("127.0.0.1", freePort());
        CertificateAuthority.init(
                directory,
                AuthorityOptions.builder(new TrustDomain(DOMAIN))
                        .address(address.toString())
                        .build(),
                password);
        // #region join
        try (CertificateAuthority authority = CertificateAuthority.open(directory, password);
                AuthorityNode node = authority.join(ChaskiNode.builder().name("authority"));
                AuthorityServer server = authority.serve(address)) {
            // #endregion
            if (server.address().isLocal()) {
                Child.answer("READY " + node.node().addresses().get(0));
            }
            obey(authority);
        }
    }

    private static void obey(CertificateAuthority authority) throws IOException {
        try (BufferedReader commands = Child.commands()) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ", 2);
                ChaskiUri name = ChaskiUri.parse("chaski://" + DOMAIN + "/node/" + words[1]);
                if (words[0].equals("token")) {
                    Child.answer("TOKEN " + authority.createToken(name, Duration.ofMinutes(5), Optional.empty()));
                } else {
                    Child.answer("REVOKED " + authority.revoke(name, "seen at a market"));
                }
            }
        }
    }

    /** Tokens carry the address of the authority, so its port is chosen before it listens. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
