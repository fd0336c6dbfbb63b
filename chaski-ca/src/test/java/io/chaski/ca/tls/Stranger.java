package io.chaski.ca.tls;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameDecoder;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.FrameSink;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.ProtocolException;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.WireLimits;
import io.chaski.core.security.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A client of the JDK that shows what the test wants and believes everybody. Connections of one stranger resume sessions
 * when the server lets them. For one thread.
 */
final class Stranger {

    private final SSLContext context;
    private String[] versions = {"TLSv1.3"};
    private String[] protocols = {"chaski/1"};

    /**
     * Somebody with a certificate.
     *
     * @param credentials what to show, null for nothing
     */
    Stranger(@Nullable Credentials credentials) throws GeneralSecurityException {
        this(
                credentials == null
                        ? new KeyManager[0]
                        : new KeyManager[] {new Owner(credentials.key(), credentials.chain())});
    }

    /** Somebody with certificates that no credentials are made of. */
    Stranger(PrivateKey key, List<X509Certificate> chain) throws GeneralSecurityException {
        this(new KeyManager[] {new Owner(key, chain)});
    }

    private Stranger(KeyManager[] shown) throws GeneralSecurityException {
        context = SSLContext.getInstance("TLS");
        context.init(shown, new TrustManager[] {new Believer()}, null);
    }

    Stranger speaking(String version, String... applicationProtocols) {
        versions = new String[] {version};
        protocols = applicationProtocols;
        return this;
    }

    /** The record that a handshake begins with: as many may be begun with it as one likes. */
    byte[] hello() throws SSLException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(versions);
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    Call call(Address node) throws IOException {
        Socket below = new Socket(node.host(), node.port());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(below, node.host(), node.port(), true);
        socket.setSoTimeout((int) TlsNodes.LIMIT.toMillis());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(versions);
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        return new Call(socket, below);
    }

    /** One connection. */
    static final class Call implements AutoCloseable {
        final SSLSocket socket;
        private final Socket below;
        private final FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
        private final ByteBuf unread = Unpooled.buffer();
        private final List<Frame> heard = new ArrayList<>();

        Call(SSLSocket socket, Socket below) {
            this.socket = socket;
            this.below = below;
        }

        /** Ends the connection below TLS, as somebody between the two can. */
        void cut() throws IOException {
            below.shutdownOutput();
        }

        /** Greets as the node of an id, in an incarnation of now. */
        Call greet(String cluster, NodeId id, long epoch) throws IOException {
            Descriptor self = new Descriptor(id, epoch, List.of(), false, false, false, TopicSummary.NONE, 0);
            return send(new Hello(1, 1, cluster, "mallory", self, 42, WireLimits.DEFAULT_MAX_FRAME, 0, epoch));
        }

        Call acknowledge() throws IOException {
            return send(new HelloAck(1, 0, 1, 2));
        }

        /** Sends a message, whatever it is worth. */
        Call sendData(int source, long seq, ArrayPayload body) throws IOException {
            ByteBuf bytes = Unpooled.buffer();
            new FrameEncoder().encodeData(source, seq, 1, 128, 0, body, bytes);
            socket.getOutputStream().write(ByteBufUtil.getBytes(bytes));
            return this;
        }

        /** The first frame of a kind that comes from now on. */
        <F extends Frame> F await(Class<F> kind) throws IOException {
            heard.clear();
            while (heard.stream().noneMatch(kind::isInstance)) {
                if (!read()) {
                    throw new AssertionError("the node has ended the connection: " + heard);
                }
            }
            return heard.stream()
                    .filter(kind::isInstance)
                    .map(kind::cast)
                    .findFirst()
                    .orElseThrow();
        }

        Call send(Frame frame) throws IOException {
            ByteBuf bytes = Unpooled.buffer();
            new FrameEncoder().encode(frame, bytes);
            socket.getOutputStream().write(ByteBufUtil.getBytes(bytes));
            return this;
        }

        /** Whether the node has answered a greeting with its own. */
        boolean isWelcome() throws IOException {
            while (heard.stream().noneMatch(HelloAck.class::isInstance)) {
                if (!read()) {
                    return false;
                }
            }
            return true;
        }

        /** Whether the node has said something of a kind so far. */
        boolean hasHeard(Class<? extends Frame> kind) {
            return heard.stream().anyMatch(kind::isInstance);
        }

        /** The first frame of a kind that the node says or has said. */
        <F extends Frame> F first(Class<F> kind) throws IOException {
            while (heard.stream().noneMatch(kind::isInstance)) {
                if (!read()) {
                    throw new AssertionError("the end, and no " + kind.getSimpleName() + " in " + heard);
                }
            }
            return heard.stream()
                    .filter(kind::isInstance)
                    .map(kind::cast)
                    .findFirst()
                    .orElseThrow();
        }

        /** Reads until the end, and says what the node gave for a reason. */
        Optional<CloseReason> end() throws IOException {
            while (read()) {
                // to the end
            }
            return heard.stream()
                    .filter(Goodbye.class::isInstance)
                    .map(frame -> ((Goodbye) frame).reason())
                    .findFirst();
        }

        /** Whether anything but a farewell was said. */
        boolean hasLearned() {
            return heard.stream().anyMatch(frame -> !(frame instanceof Goodbye));
        }

        private boolean read() throws IOException {
            byte[] next = new byte[4096];
            int length;
            try {
                length = socket.getInputStream().read(next);
            } catch (IOException ended) { // an alert, or a reset
                return false;
            }
            if (length < 0) {
                return false;
            }
            unread.writeBytes(next, 0, length);
            try {
                decoder.decode(unread, new FrameSink() {
                    @Override
                    public void onFrame(Frame frame) {
                        heard.add(frame);
                    }

                    @Override
                    public void onSkipped(int type) {
                        throw new AssertionError("an unknown frame of type " + type);
                    }

                    @Override
                    public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
                        throw new AssertionError("a message for a stranger");
                    }
                });
            } catch (ProtocolException e) {
                throw new AssertionError("what the node says is not a frame", e);
            }
            return true;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Shows the same to everybody, whatever it is worth. */
    private record Owner(PrivateKey key, List<X509Certificate> chain) implements X509KeyManager {
        private static final String ALIAS = "own";

        @Override
        public String[] getClientAliases(String kind, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String kind, Principal[] issuers) {
            throw new UnsupportedOperationException("a stranger calls");
        }

        @Override
        public String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
            throw new UnsupportedOperationException("a stranger calls");
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    /** Believes everybody. */
    private static final class Believer extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
