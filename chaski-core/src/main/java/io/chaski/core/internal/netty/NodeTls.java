package io.chaski.core.internal.netty;

import io.chaski.core.CloseReason;
import io.chaski.core.ConfigurationException;
import io.chaski.core.internal.netty.tls.TlsContext;
import io.chaski.core.internal.netty.tls.TlsContext.ClientCertificate;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.chaski.core.internal.netty.tls.TlsExecutor;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.runtime.LiveSecurity;
import io.chaski.core.internal.runtime.LiveSecurity.State;
import io.chaski.core.internal.runtime.LogLimiter;
import io.chaski.core.internal.runtime.TaskLoop;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.PeerIdentity;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Who is at the other ends of a node's connections. Decides after each handshake, whether the engine resumed a session or
 * not, decides again about all who are there when whom to believe has changed, and ends connections with their
 * certificates. Confined to the loop; what computes for long does so on a bounded pool.
 */
final class NodeTls {

    /** A certificate that has ended, or a clock that was set, is noticed this soon. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeTls.class);

    /** Hears what was decided about the other end of a connection. Called on the loop. */
    interface Verdict {
        /**
         * It is believed.
         *
         * @param identity who it is
         */
        void onBelieved(LinkIdentity identity);

        /**
         * It is not.
         *
         * @param reason UNTRUSTED or TLS
         */
        void onRefused(CloseReason reason);
    }

    /**
     * What handshakes are made with.
     *
     * @param server of connections that are accepted
     * @param client of those that are dialled
     * @param ownEnd when the certificate of this node ends
     */
    record Contexts(TlsContext server, TlsContext client, Instant ownEnd) {}

    /**
     * Somebody who was believed.
     *
     * @param chain what he showed
     * @param side which side of the connection he is
     * @param identity who he is
     */
    private record Believed(List<X509Certificate> chain, Side side, PeerIdentity identity) {}

    private final LiveSecurity security;
    private final TaskLoop loop;
    private final LogLimiter log;
    private final TlsEngine engine;
    private final ExecutorService tasks;
    private final Map<FrameConnection, Believed> believed = new LinkedHashMap<>();
    private volatile Contexts contexts;
    private TaskLoop.@Nullable Timer look;

    /**
     * Everything that handshakes need, tried out.
     *
     * @param nodeName part of the names of threads
     * @param security what the node proves, and whom it believes
     * @param loop where its connections live
     * @param log for what strangers can provoke
     * @throws ConfigurationException if the engine cannot use the key
     */
    NodeTls(String nodeName, LiveSecurity security, TaskLoop loop, LogLimiter log) {
        this.security = security;
        this.loop = loop;
        this.log = log;
        State state = security.state();
        this.engine = TlsEngine.best(state.authenticated().credentials());
        this.contexts = contexts(state);
        this.tasks = TlsExecutor.create(nodeName);
        security.follow(this::prepare);
    }

    /** Of the newest credentials. */
    Contexts contexts() {
        return contexts;
    }

    /** Where handshakes compute. */
    ExecutorService tasks() {
        return tasks;
    }

    /** No handshake begins any more. */
    void close() {
        tasks.shutdownNow();
        if (look != null) {
            look.cancel();
        }
    }

    /** New contexts with each change: a session of an old one cannot be resumed with them. */
    private Runnable prepare(State next) {
        Contexts made = contexts(next);
        return () -> {
            contexts = made;
            loop.execute(this::reconsider);
        };
    }

    private Contexts contexts(State state) {
        Credentials credentials = state.authenticated().credentials();
        Instant end = Objects.requireNonNull(state.identity(), "identity").notAfter();
        try {
            return new Contexts(
                    TlsContext.server(engine, credentials, TlsContext.EDGES, ClientCertificate.REQUIRED),
                    TlsContext.client(engine, credentials, TlsContext.EDGES),
                    end);
        } catch (SSLException e) {
            throw new ConfigurationException("the key cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    /**
     * Decides who is at the other end of a connection whose handshake has succeeded.
     *
     * @param connection the connection
     * @param chain what the other end has shown
     * @param side which side it is
     * @param used what the handshake was made with
     * @param verdict hears the outcome, in a later step
     */
    void judge(FrameConnection connection, List<X509Certificate> chain, Side side, Contexts used, Verdict verdict) {
        State state = security.state();
        boolean isBegun = compute(chain, side, state, outcome -> {
            if (state.generation() != security.state().generation()) {
                judge(connection, chain, side, used, verdict); // whom to believe has changed meanwhile
            } else if (outcome.identity == null) {
                refuse(connection, outcome.problem, verdict);
            } else {
                believed.put(connection, new Believed(chain, side, outcome.identity));
                watch();
                verdict.onBelieved(new LinkIdentity(outcome.identity, earlier(used.ownEnd(), outcome.identity)));
            }
        });
        if (!isBegun) {
            count(connection, "busy");
            verdict.onRefused(CloseReason.TLS);
        }
    }

    /**
     * Decides at once about a node of this process, which has its private key for sure.
     *
     * @param connection to the other node
     * @param chain what it would show
     * @param side which side it is
     * @return who it is, null if it is not let in
     */
    @Nullable
    LinkIdentity admit(FrameConnection connection, List<X509Certificate> chain, Side side) {
        Outcome outcome = verify(chain, side, security.state());
        if (outcome.identity == null) {
            count(connection, outcome.problem.name());
            return null;
        }
        believed.put(connection, new Believed(chain, side, outcome.identity));
        watch();
        return new LinkIdentity(outcome.identity, earlier(contexts.ownEnd, outcome.identity));
    }

    /** What this node shows now. */
    List<X509Certificate> chain() {
        return security.state().authenticated().credentials().chain();
    }

    private static Instant earlier(Instant ownEnd, PeerIdentity peer) {
        return ownEnd.isBefore(peer.notAfter()) ? ownEnd : peer.notAfter();
    }

    private void refuse(FrameConnection connection, CertificateProblem problem, Verdict verdict) {
        count(connection, problem.name());
        verdict.onRefused(CloseReason.UNTRUSTED);
    }

    /**
     * Counts and logs somebody who was not let in.
     *
     * @param connection the connection
     * @param why one of a few words
     */
    void count(FrameConnection connection, String why) {
        security.count(why);
        String host = connection.remote().host();
        log.write(LOG, Level.WARN, "tls", host + why, "no TLS with " + connection.remote() + ": " + why);
    }

    /** The connection is gone. */
    void forget(FrameConnection connection) {
        believed.remove(connection);
    }

    /** Whoever is there has to pass again. */
    private void reconsider() {
        State state = security.state();
        List.copyOf(believed.entrySet()).forEach(entry -> reconsider(entry.getKey(), entry.getValue(), state));
    }

    private void reconsider(FrameConnection connection, Believed one, State state) {
        boolean isBegun = compute(one.chain, one.side, state, outcome -> {
            if (outcome.identity == null && believed.containsKey(connection)) {
                distrust(connection, CloseReason.UNTRUSTED, outcome.problem.name());
            }
        });
        if (!isBegun) {
            loop.schedule(() -> reconsiderAgain(connection), LOOK_NANOS / 10);
        }
    }

    private void reconsiderAgain(FrameConnection connection) {
        Believed one = believed.get(connection);
        if (one != null) {
            reconsider(connection, one, security.state());
        }
    }

    private void watch() {
        if (look == null) {
            look = loop.schedule(this::lookForExpired, LOOK_NANOS);
        }
    }

    private void lookForExpired() {
        look = null;
        Instant now = security.now();
        for (Map.Entry<FrameConnection, Believed> entry : List.copyOf(believed.entrySet())) {
            if (now.isAfter(entry.getValue().identity.notAfter())) {
                distrust(entry.getKey(), CloseReason.EXPIRED, "EXPIRED");
            }
        }
        if (!believed.isEmpty()) {
            watch();
        }
    }

    private void distrust(FrameConnection connection, CloseReason reason, String why) {
        believed.remove(connection);
        security.count("live." + why);
        connection.distrust(reason);
    }

    /**
     * What verifying a chain came to.
     *
     * @param identity whose it is, null if it is refused
     * @param problem why it is refused
     */
    private record Outcome(@Nullable PeerIdentity identity, CertificateProblem problem) {}

    /** False if too much is waiting to be computed. */
    private boolean compute(List<X509Certificate> chain, Side side, State state, Consumer<Outcome> then) {
        try {
            tasks.execute(() -> {
                Outcome outcome = verify(chain, side, state);
                loop.execute(() -> then.accept(outcome));
            });
            return true;
        } catch (RejectedExecutionException tooMuch) {
            return false;
        }
    }

    private Outcome verify(List<X509Certificate> chain, Side side, State state) {
        try {
            return new Outcome(state.authenticated().verify(chain, side, security.now()), CertificateProblem.UNTRUSTED);
        } catch (CertificateRefusedException refused) {
            return new Outcome(null, refused.problem());
        } catch (RuntimeException bug) { // nobody is let in because of it
            log.write(LOG, Level.ERROR, "verify", "", "a certificate could not be checked", bug);
            return new Outcome(null, CertificateProblem.MALFORMED);
        }
    }
}
