package com.example.outside;

import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.AuthorityServer;
import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.PasswordSource;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustDomain;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An authority and two nodes that enrol there. Ends with exit code 0 if one sees the identity of the other. */
public final class Members {

    private static final long LIMIT_SECONDS = 30;

    private Members() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        PasswordSource password = "not so secret"::toCharArray;
        Address address = Address.tcp("127.0.0.1", freePort());
        AuthorityOptions options = AuthorityOptions.builder(new TrustDomain("outside.example"))
                .address(address.toString())
                .build();
        CertificateAuthority.init(folder.resolve("ca"), options, password);
        try (CertificateAuthority authority = CertificateAuthority.open(folder.resolve("ca"), password);
                AuthorityServer server = authority.serve(address);
                ChaskiNode a = start(authority, folder, "a");
                ChaskiNode b = start(authority, folder, "b")) {
            Edge edge = b.connect(a.addresses().get(0)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            boolean isServed = server.address().equals(address);
            System.out.println("sees " + edge.identity().orElseThrow().name() + ", served " + isServed);
        }
    }

    private static ChaskiNode start(CertificateAuthority authority, Path folder, String name) {
        ChaskiUri uri = ChaskiUri.parse("chaski://outside.example/node/" + name);
        String token = authority.createToken(uri, Duration.ofMinutes(5), Optional.empty());
        return ChaskiNode.builder()
                .name(name)
                .dataDirectory(folder.resolve(name))
                .enroll(token)
                .start();
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
