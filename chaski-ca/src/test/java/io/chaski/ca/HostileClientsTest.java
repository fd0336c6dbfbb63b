package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.net.ServerLimits;
import io.chaski.ca.internal.wire.EnrolmentCodec;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is slow, sends garbage, or takes the authority for something else: closed without a word, and nobody waits for it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileClientsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final String PROTOCOL = "chaski-ca/1";

    /** Shorter than the default, because tests of a deadline last as long; enough for a handshake on a busy machine. */
    private static final ServerLimits LIMITS = new ServerLimits(6, 2, 6, Duration.ofSeconds(5));

    @TempDir
    Path folder;

    private ServedAuthority ca;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void serve() {
        ca = new ServedAuthority(folder.resolve("ca"), ServedAuthority.freePort(), LIMITS, Duration.ZERO);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        ca.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), ca.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        sockets.add(socket);
        return socket;
    }

    private SSLSocket tls(String version, String... protocols) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        Socket plain = connect();
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "authority", ca.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        sockets.add(socket);
        return socket;
    }

    private SSLSocket tls() throws IOException, GeneralSecurityException {
        return tls("TLSv1.3", PROTOCOL);
    }

    /** How many bytes come before the end, whatever end that is. */
    private static int bytesUntilTheEnd(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        int count = 0;
        try {
            while (in.read() >= 0) {
                count++;
            }
        } catch (SocketException | SSLException reset) {
            return count;
        }
        return count;
    }

    private void assertAllIsWell() {
        await().atMost(PATIENCE).until(() -> ca.server.connections() == 0);
        assertThat(ca.node(folder.resolve("mill"))
                        .enrol(ca.token(MILL), PATIENCE)
                        .uri())
                .isEqualTo(MILL);
    }

    private static byte[] request(String token) {
        return EnrolmentCodec.write(
                Request.enrol(token, TestAuthority.NOW, CertificateRequest.write(KeyPairs.generate(), MILL)));
    }

    private static void send(OutputStream out, byte[]... messages) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(bytes);
        for (byte[] each : messages) {
            data.writeInt(each.length);
            data.write(each);
        }
        out.write(bytes.toByteArray());
        out.flush();
    }

    @Nested
    class Before_a_handshake {
        /** Row 1. */
        @Test
        void silence_is_closed_at_the_deadline() throws IOException {
            Socket socket = connect();

            assertThat(bytesUntilTheEnd(socket)).isZero();
            assertAllIsWell();
        }

        /** Row 4: a TLS alert of seven bytes is all that comes back. */
        @Test
        void plain_text_is_closed() throws IOException {
            Socket socket = connect();
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: ca\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(bytesUntilTheEnd(socket)).isLessThanOrEqualTo(7);
            assertAllIsWell();
        }

        /** Rows 2 and 3: the beginning of a TLS record, and then nothing. */
        @Test
        void half_a_hello_is_closed_at_the_deadline() throws IOException {
            Socket socket = connect();
            for (int each : new int[] {22, 3, 1, 2, 0, 1}) {
                socket.getOutputStream().write(each);
                socket.getOutputStream().flush();
            }

            assertThat(bytesUntilTheEnd(socket)).isLessThanOrEqualTo(7);
            assertAllIsWell();
        }

        /** Rows 8 and 9: the alert says why. */
        @Test
        void other_versions_and_protocols_are_refused() throws IOException, GeneralSecurityException {
            assertThatThrownBy(() -> tls("TLSv1.2", PROTOCOL).startHandshake())
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("protocol_version");
            for (String protocol : List.of("h2", "chaski/1")) {
                assertThatThrownBy(() -> tls("TLSv1.3", protocol).startHandshake())
                        .isInstanceOf(SSLException.class)
                        .hasMessageContaining("no_application_protocol");
            }
            assertAllIsWell();
        }

        @Test
        void no_protocol_at_all_is_closed_after_it() throws IOException, GeneralSecurityException {
            SSLSocket socket = tls("TLSv1.3");
            socket.startHandshake();

            assertThat(bytesUntilTheEnd(socket)).isZero();
            assertAllIsWell();
        }

        @Test
        void no_more_connections_are_held_than_allowed() throws IOException {
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 3 * LIMITS.connections(); i++) {
                silent.add(connect());
            }
            assertThat(ca.server.connections()).isLessThanOrEqualTo(LIMITS.connections());
            for (Socket socket : silent) {
                assertThat(bytesUntilTheEnd(socket)).isZero();
            }
            assertAllIsWell();
        }
    }

    /** Row 108, as far as it is about connections. */
    @Nested
    class After_a_handshake {
        @Test
        void silence_is_closed_at_the_deadline() throws IOException, GeneralSecurityException {
            SSLSocket socket = tls();
            socket.startHandshake();

            assertThat(bytesUntilTheEnd(socket)).isZero();
            assertAllIsWell();
        }

        @Test
        void lengths_that_no_request_has_are_closed_and_recorded() throws IOException, GeneralSecurityException {
            for (byte[] length : new byte[][] {{0, 0, 0, 0}, {0, 0, 64, 1}, {127, -1, -1, -1}, {-1, -1, -1, -1}}) {
                SSLSocket socket = tls();
                socket.getOutputStream().write(length);

                assertThat(bytesUntilTheEnd(socket)).isZero();
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ca.journal()).contains("a message of 4294967295 bytes"));
            assertAllIsWell();
        }

        @Test
        void what_is_no_request_is_closed_and_recorded() throws IOException, GeneralSecurityException {
            SSLSocket socket = tls();
            send(socket.getOutputStream(), new byte[] {9, 9, 9});

            assertThat(bytesUntilTheEnd(socket)).isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ca.journal()).contains("REFUSED", "another version"));
            assertAllIsWell();
        }

        @Test
        void two_requests_get_no_certificate() throws IOException, GeneralSecurityException {
            String token = ca.token(MILL);
            SSLSocket socket = tls();
            send(socket.getOutputStream(), request(token), request(token));

            assertThat(bytesUntilTheEnd(socket)).isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ca.journal()).contains("behind the message"));
            assertThat(ca.authority.list()).noneMatch(entry -> entry.uri().equals(MILL));
            assertThat(ca.node(folder.resolve("mill")).enrol(token).uri()).isEqualTo(MILL);
        }

        /** Not hostile, but as raw: it reads replies of the first version only. */
        @Test
        void a_node_of_before_gets_a_reply_that_it_can_read() throws Exception {
            ca.authority.signPolicy(
                    "{\"version\":7,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.US_ASCII));
            SSLSocket socket = tls("TLSv1.3", "chaski-ca/1");
            send(socket.getOutputStream(), request(ca.token(MILL)));

            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] reply = in.readNBytes(in.readInt());
            assertThat(reply[0]).isEqualTo((byte) 1);
            assertThat(EnrolmentCodec.readReply(reply)).isInstanceOfSatisfying(Reply.Granted.class, granted -> {
                assertThat(granted.bundle()).isEmpty();
                assertThat(granted.policy()).isEmpty();
            });
        }

        @Test
        void a_renewal_by_nobody_is_closed_and_recorded() throws IOException, GeneralSecurityException {
            SSLSocket socket = tls();
            byte[] renewal =
                    EnrolmentCodec.write(Request.renew(ca.time, CertificateRequest.write(KeyPairs.generate(), MILL)));
            send(socket.getOutputStream(), renewal);

            assertThat(bytesUntilTheEnd(socket)).isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ca.journal()).contains("a renewal by nobody"));
            assertAllIsWell();
        }

        /** All that is said about a bad token is that it is one: 15 bytes behind their length. */
        @Test
        void a_forged_token_is_told_so_and_nothing_else() throws IOException, GeneralSecurityException {
            SSLSocket socket = tls();
            send(socket.getOutputStream(), request("chk1.AAAA"));

            assertThat(bytesUntilTheEnd(socket)).isEqualTo(4 + 15);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ca.journal()).contains("no token of ours"));
            assertAllIsWell();
        }
    }

    /** Believes anybody, as a stranger may. */
    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
