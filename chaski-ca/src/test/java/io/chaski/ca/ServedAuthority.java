package io.chaski.ca;

import io.chaski.ca.CertificateAuthority.Surroundings;
import io.chaski.ca.internal.authority.Moment;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.LocalDisk;
import io.chaski.ca.internal.net.AuthorityClient;
import io.chaski.ca.internal.net.ServerLimits;
import io.chaski.core.Address;
import io.chaski.core.security.ChaskiUri;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** An authority that answers on a socket of this machine, at a time that the test sets. */
final class ServedAuthority implements AutoCloseable {

    static final ChaskiUri MILL = TestAuthority.MILL;
    static final ChaskiUri PUMP = ChaskiUri.parse("chaski://plant-7.example/node/pump-1");
    static final PasswordSource PASSWORD = "correct horse"::toCharArray;
    static final Duration QUARTER = Duration.ofMinutes(15);

    final Path directory;
    final ServerLimits limits;
    private final int port;
    private final long seed;
    volatile Instant time = TestAuthority.NOW;
    private final AtomicLong nanos = new AtomicLong();
    private volatile boolean isRealTime;
    volatile Duration ahead = Duration.ZERO; // of the clock of the machine, in real time
    CertificateAuthority authority;
    AuthorityServer server;

    ServedAuthority(Path directory) {
        this(directory, freePort(), ServerLimits.STANDARD, Duration.ZERO);
    }

    /** Tokens carry the address, so the port has to be known before there is an authority. */
    ServedAuthority(Path directory, int port, ServerLimits limits, Duration allowedExpired) {
        this.directory = directory;
        this.port = port;
        this.limits = limits;
        this.seed = directory.hashCode();
        AuthorityOptions options = AuthorityOptions.builder(TestAuthority.DOMAIN)
                .allowedExpired(allowedExpired)
                .address("127.0.0.1:" + port)
                .build();
        CertificateAuthority.init(directory, options, PASSWORD, surroundings());
        start();
    }

    /** Whose clock is that of the machine. */
    static ServedAuthority inRealTime(Path directory) {
        ServedAuthority made = new ServedAuthority(directory);
        made.stop();
        made.isRealTime = true;
        made.start();
        return made;
    }

    /**
     * A port that nobody has, and that nobody gets who does not ask for it by number: systems take those of connections from a
     * range above.
     */
    static int freePort() {
        Random random = new Random();
        for (int tries = 0; tries < 100; tries++) {
            int port = 10_000 + random.nextInt(20_000);
            try (ServerSocket unused = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    DatagramSocket unusedToo = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException taken) {
                // another one
            }
        }
        throw new AssertionError("no port is free");
    }

    /** Opens it again, as another process would. */
    final void start() {
        authority = CertificateAuthority.open(directory, PASSWORD, surroundings());
        server = AuthorityServer.start(authority, Address.tcp("127.0.0.1", port), limits);
    }

    void stop() {
        server.close();
        authority.close();
    }

    @Override
    public void close() {
        stop();
    }

    private Moment now() {
        return isRealTime ? new Moment(Instant.now().plus(ahead), System.nanoTime()) : new Moment(time, nanos.get());
    }

    private Surroundings surroundings() {
        return new Surroundings(new LocalDisk(), TestAuthority.fastProtection(), this::now, new Random(seed));
    }

    int port() {
        return port;
    }

    /** Time goes on, by both clocks. */
    void advance(Duration duration) {
        time = time.plus(duration);
        nanos.addAndGet(duration.toNanos());
        server.renewOwn(); // as it does every half minute
    }

    String token(ChaskiUri name) {
        return authority.createToken(name, QUARTER, Optional.empty());
    }

    /** The identity of a node whose clock differs from that of the authority. */
    NodeEnrolment node(Path home, Duration skew) {
        return new NodeEnrolment(new LocalDisk(), home, clock(skew), AuthorityClient::ask);
    }

    NodeEnrolment node(Path home) {
        return node(home, Duration.ZERO);
    }

    Clock clock(Duration skew) {
        return new Clock() {
            @Override
            public Instant instant() {
                return now().time().plus(skew);
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    String journal() {
        try {
            return Files.readString(directory.resolve("journal.log"), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
