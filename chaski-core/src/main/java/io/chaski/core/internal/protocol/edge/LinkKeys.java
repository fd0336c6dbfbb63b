package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.DatagramCipher;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.EdgeFrame.DatagramKey;
import io.chaski.core.internal.wire.WireLimits;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one connection for datagrams beside it. Each end draws those that it opens with and gives them to the other
 * one over the connection, so that a key is worth what the connection is, and ends with it.
 *
 * <pre>
 *   given --a datagram numbered {@link #CHANGE_AT}, or {@link #MAX_AGE_NANOS}--> previous, beside the next one
 *         --{@link #OVERLAP_NANOS} after the first datagram under the next one, or a further change--> gone
 * </pre>
 *
 * Confined to the node's event loop.
 */
final class LinkKeys {

    /** Half of what a key is good for. At the most that is read of one peer it takes seven minutes to get there. */
    static final long CHANGE_AT = OutgoingKey.LAST_SEQ / 2;

    /**
     * Whoever learns a key reads an hour, and a sender whose datagrams were all lost until its key was used up goes on after
     * an hour at the latest.
     */
    static final long MAX_AGE_NANOS = TimeUnit.HOURS.toNanos(1);

    /** What was sealed under the previous key is late by as much at most. */
    static final long OVERLAP_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A peer that jumps to high numbers causes no more changes than this. */
    static final long MIN_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * Datagrams a second that turn out to be forged, beyond which none is opened for a moment. Only who reads the id of a key
     * on its way gets so far; each costs an exception of the JDK, some microseconds.
     */
    static final int FORGERIES_PER_SECOND = 1_000;

    private final Link link;
    private final EdgeContext context;
    private final DatagramCipher.Factory ciphers;
    private final TokenBucket forgeries = new TokenBucket(FORGERIES_PER_SECOND, FORGERIES_PER_SECOND);
    private final Timers.Timer age;
    private final Timers.Timer overlap;
    private long givenNanos;
    private IncomingKey given;
    private @Nullable IncomingKey previous;
    private @Nullable OutgoingKey taken;

    /**
     * The keys of a connection that is up: gives the peer the first one.
     *
     * @return null where nodes have no identities or this one no UDP port, and for connections that datagrams do not go beside
     */
    static @Nullable LinkKeys of(Link link, EdgeContext context) {
        DatagramCipher.Factory ciphers = context.outbox().datagramCiphers();
        boolean isProved = context.settings().edge().isSecured() && link.identity != null;
        return isProved && ciphers != null && link.remote.transport() == Address.Transport.TCP
                ? new LinkKeys(link, context, ciphers)
                : null;
    }

    private LinkKeys(Link link, EdgeContext context, DatagramCipher.Factory ciphers) {
        this.link = link;
        this.context = context;
        this.ciphers = ciphers;
        this.age = context.timers().timer(this::change);
        this.overlap = context.timers().timer(this::forgetPrevious);
        this.given = give();
    }

    private IncomingKey give() {
        long id = context.random().nextLong() << LinkTable.NUMBER_BITS | link.number;
        byte[] bytes = new byte[WireLimits.DATAGRAM_SECRET_BYTES];
        context.random().nextBytes(bytes);
        ArrayPayload secret = ArrayPayload.owning(bytes);
        givenNanos = context.nowNanos();
        age.armAt(givenNanos + context.jittered(MAX_AGE_NANOS));
        context.outbox().send(link.number, new DatagramKey(id, secret));
        return new IncomingKey(id, ciphers.create(secret));
    }

    private void change() {
        if (link.isUsable()) {
            previous = given;
            overlap.cancel();
            given = give();
            context.counters().increment("datagram.key-changed");
        }
    }

    private void forgetPrevious() {
        previous = null;
    }

    /** The peer has given a key: what is sent from now on is sealed with it. */
    void onGiven(DatagramKey key) {
        taken = new OutgoingKey(key.id(), ciphers.create(key.secret()));
    }

    /** What to seal with; null before the peer has said so. */
    @Nullable
    OutgoingKey taken() {
        return taken;
    }

    /** The key with an id, null if this connection has none. */
    @Nullable
    IncomingKey find(long id) {
        if (given.id() == id) {
            return given;
        }
        IncomingKey before = previous;
        return before != null && before.id() == id ? before : null;
    }

    /** Whether it is worth while to find out whether one more datagram is forged. */
    boolean mayOpen() {
        return forgeries.nanosUntil(1, context.nowNanos()) == 0;
    }

    void onForged() {
        forgeries.tryTake(1, context.nowNanos());
    }

    /** A datagram was opened. */
    void onOpened(IncomingKey key, long seq) {
        if (key != given) {
            return;
        }
        if (previous != null && !overlap.isArmed()) {
            overlap.armAt(context.nowNanos() + OVERLAP_NANOS);
        }
        if (seq >= CHANGE_AT && context.nowNanos() - givenNanos >= MIN_AGE_NANOS) {
            change();
        }
    }

    /** The connection is gone. */
    void close() {
        age.cancel();
        overlap.cancel();
    }
}
