package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.IpLiteral;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many datagrams of strangers are looked at: so many a second from one host, so many from all. A host is 64 bits of
 * IPv6, of which it has the rest to itself. Many nodes may share this machine, which has no limit of its own. Hosts can
 * be made up, so the table forgets the one unseen longest. Confined to the node's event loop.
 */
final class SourceLimits {

    static final int PER_HOST = 50;
    static final int IN_ALL = 2_000;

    /** Hosts that are told apart; the limit for all of them holds anyway. */
    static final int MAX_HOSTS = 1_024;

    private final int perHost;
    private final TokenBucket all;
    private final Map<Object, TokenBucket> byHost = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, TokenBucket> eldest) {
            return size() > MAX_HOSTS;
        }
    };

    /** The limits of datagrams. */
    SourceLimits() {
        this(PER_HOST, IN_ALL);
    }

    /** Other limits, each a second. */
    SourceLimits(int perHost, int inAll) {
        this.perHost = perHost;
        this.all = new TokenBucket(inAll, inAll);
    }

    /** How many are told apart now. */
    int hosts() {
        return byHost.size();
    }

    boolean admit(Address from, long nowNanos) {
        boolean isWithinItsOwn = from.isLocal()
                || byHost.computeIfAbsent(IpLiteral.siteOf(from), host -> new TokenBucket(perHost, perHost))
                        .tryTake(1, nowNanos);
        return isWithinItsOwn && all.tryTake(1, nowNanos);
    }
}
