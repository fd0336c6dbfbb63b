package io.chaski.benchmarks.files;

import io.chaski.benchmarks.tls.Identities;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** TLS 1.3 over blocking sockets of the JDK, with certificates on both sides. */
final class TlsSocketPair implements SocketPair {

    private static final int ONE_WAITS = 1;

    /** Without it whoever closes a socket waits for as long as another thread writes to it. */
    private static final int LINGER_SECONDS = 5;

    private final SSLServerSocket server;
    private final SSLContext client;

    TlsSocketPair(Identities identities) throws IOException, GeneralSecurityException {
        this.client = identities.context(Identities.CLIENT);
        this.server = (SSLServerSocket) identities
                .context(Identities.SERVER)
                .getServerSocketFactory()
                .createServerSocket(0, ONE_WAITS, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(true);
        server.setSoTimeout(LIMIT_MILLIS);
        server.setEnabledProtocols(new String[] {"TLSv1.3"});
    }

    @Override
    public ByteChannel connect() throws IOException {
        Socket socket = client.getSocketFactory().createSocket();
        socket.connect(server.getLocalSocketAddress(), LIMIT_MILLIS);
        return new BlockingChannel(socket);
    }

    @Override
    public ByteChannel accept() throws IOException {
        return new BlockingChannel(server.accept());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** A socket that has no channel, for buffers of the heap. */
    private static final class BlockingChannel implements ByteChannel {

        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        BlockingChannel(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoLinger(true, LINGER_SECONDS);
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            int count = in.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
            if (count > 0) {
                into.position(into.position() + count);
            }
            return count;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            int count = from.remaining();
            out.write(from.array(), from.arrayOffset() + from.position(), count);
            from.position(from.limit());
            return count;
        }

        @Override
        public boolean isOpen() {
            return !socket.isClosed();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
