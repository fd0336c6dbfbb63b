package io.chaski.ca;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.authority.RemoteHost;
import io.chaski.ca.internal.net.AuthorityListener;
import io.chaski.ca.internal.net.Responder;
import io.chaski.ca.internal.net.ServerLimits;
import io.chaski.ca.internal.wire.EnrolmentCodec;
import io.chaski.ca.internal.wire.EnrolmentCodec.MalformedMessageException;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.Address;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Identity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authority that nodes can ask, over TLS 1.3 with ALPN {@code chaski-ca/1} or {@code chaski-ca/2}: see docs/enrolment.md. It shows a
 * certificate of the role {@code ca} that it gives itself, whose key is never on a disk, and replaces at two thirds of its
 * life. Up to 256 connections at a time, 8 of one host, each for 10 s and one request of 16 KiB; who sends anything else is
 * closed without a word. Thread-safe.
 */
public final class AuthorityServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuthorityServer.class);

    /** Its own certificate is looked at so often: much less than the shortest life. */
    private static final Duration LOOK = Duration.ofSeconds(30);

    private final CertificateAuthority authority;
    private final OwnCertificate own;
    private final AuthorityListener listener;
    private final Address address;
    private NodeCredentials shown;

    private AuthorityServer(CertificateAuthority authority, Address wanted, ServerLimits limits) throws IOException {
        this.authority = authority;
        this.own = new OwnCertificate(authority, LeafUsage.SERVER);
        this.shown = own.current();
        AuthorityListener.Listening listening = AuthorityListener.listen(
                new InetSocketAddress(wanted.host(), wanted.port()), shown, this::identify, limits, new Answers());
        this.listener = listening.listener();
        this.address = wanted.withPort(listening.address().getPort());
        listener.every(LOOK, this::renewOwn);
    }

    static AuthorityServer start(CertificateAuthority authority, Address address, ServerLimits limits) {
        Objects.requireNonNull(authority, "authority");
        if (address.transport() != Address.Transport.TCP) {
            throw new IllegalArgumentException("an authority listens on TCP, not on " + address);
        }
        try {
            AuthorityServer server = new AuthorityServer(authority, address, limits);
            LOG.info("The authority of {} answers on {}", authority.options().trustDomain(), server.address);
            return server;
        } catch (IOException e) {
            throw new AuthorityException(Problem.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    /** Where it listens, with the port that it has. */
    public Address address() {
        return address;
    }

    /** How many connections there are at this moment. */
    int connections() {
        return listener.connections();
    }

    /** Takes another certificate if it is time. */
    synchronized void renewOwn() {
        try {
            if (own.isDue()) {
                own.renew();
            }
            NodeCredentials present = own.current();
            if (!present.equals(shown)) {
                listener.show(present);
                shown = present;
            }
        } catch (EnrolmentException | SSLException e) {
            LOG.error("The authority has no new certificate for itself; it tries again in {} s", LOOK.toSeconds(), e);
        }
    }

    /**
     * Who a client is. One whose certificate has ended is told so by the answer, so here it counts as of its last moment.
     *
     * @throws CertificateRefusedException if it is nobody
     */
    private Identity identify(List<X509Certificate> chain) {
        Instant now = authority.now();
        Instant end = chain.isEmpty() ? now : chain.get(0).getNotAfter().toInstant();
        Trust trust = Trust.of(authority.options().trustDomain(), Set.copyOf(authority.roots()));
        return new CertificateVerifier(trust).verify(chain, Side.CLIENT, now.isAfter(end) ? end : now);
    }

    /** Stops. Requests that are being answered are recorded to the end. */
    @Override
    public void close() {
        listener.close();
    }

    /** What is answered; called by the listener on one thread. */
    private final class Answers implements Responder {
        @Override
        public Optional<byte[]> answer(byte[] bytes, int version, List<X509Certificate> peer, RemoteHost from) {
            try {
                Reply reply = answer(EnrolmentCodec.readRequest(bytes), peer, from);
                return Optional.of(EnrolmentCodec.write(reply, version));
            } catch (MalformedMessageException e) {
                onMalformed(from, "no request: " + e.getMessage());
            } catch (CertificateRefusedException e) {
                onMalformed(from, "a renewal by nobody: " + e.getMessage());
            }
            return Optional.empty();
        }

        private Reply answer(Request request, List<X509Certificate> peer, RemoteHost from) {
            // Once more after the handshake: one that resumes a session asks no trust manager.
            return request.token().isPresent()
                    ? authority.enrol(request, from)
                    : authority.renew(identify(peer), request, from);
        }

        @Override
        public void onMalformed(RemoteHost from, String detail) {
            authority.onMalformed(from, detail);
        }
    }
}
