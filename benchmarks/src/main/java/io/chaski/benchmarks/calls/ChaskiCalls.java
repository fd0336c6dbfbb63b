package io.chaski.benchmarks.calls;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeId;
import io.chaski.core.Topology;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.RemotePeer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Two nodes with all defaults, but with the edge drawn by hand; proxies of a method that waits and of one that does not. */
public final class ChaskiCalls implements CallContestant {

    private static final String SERVICE = "shop";

    /** The machine may be busy. */
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(50);

    /** Between two looks whether they are connected. */
    private static final long PAUSE_NANOS = 1_000_000;

    private final @Nullable Identities identities;

    /** Without identities. */
    public ChaskiCalls() {
        this(null);
    }

    /**
     * With or without identities.
     *
     * @param identities of both, null for none
     */
    public ChaskiCalls(@Nullable Identities identities) {
        this.identities = identities;
    }

    @Override
    public Served serve() {
        ChaskiNode node = start(Identities.SERVER);
        ChaskiRemote.on(node).serve(SERVICE, Shop.class, Order::invoice);
        return new Served(node.addresses().get(0).toString(), node);
    }

    @Override
    public Caller dial(String address) {
        ChaskiNode node = start(Identities.CLIENT, Address.parse(address));
        RemotePeer peer = ChaskiRemote.on(node).at(awaitPeer(node));
        Shop shop = peer.proxy(SERVICE, Shop.class);
        ShopLater later = peer.proxy(SERVICE, ShopLater.class);
        return new Caller() {
            @Override
            public Invoice buy(Order order) {
                return shop.buy(order);
            }

            @Override
            public CompletableFuture<Invoice> buyLater(Order order) {
                return later.buy(order);
            }

            @Override
            public void close() {
                node.close();
            }
        };
    }

    /** Unlike {@code connect}, a bootstrap address is dialled again when the first handshake fails. */
    private ChaskiNode start(String name, Address... peers) {
        NodeBuilder builder = identities == null ? ChaskiNode.builder() : identities.node(name);
        return builder.name(name).topology(Topology.MANUAL).bootstrap(peers).start();
    }

    private static NodeId awaitPeer(ChaskiNode node) {
        long beganNanos = System.nanoTime();
        while (node.edges().isEmpty()) {
            if (System.nanoTime() - beganNanos > JOIN_LIMIT.toNanos()) {
                throw new IllegalStateException("not connected in " + JOIN_LIMIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return node.edges().get(0).peer();
    }
}
