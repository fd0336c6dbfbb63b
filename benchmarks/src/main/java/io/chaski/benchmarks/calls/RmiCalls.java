package io.chaski.benchmarks.calls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.NotBoundException;
import java.rmi.Remote;
import java.rmi.RemoteException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Java RMI with its defaults, on loopback only: a thread and a connection for each call under way. It serialises by {@code
 * ObjectOutputStream}, which is why it has a place in the processes of a benchmark only.
 */
public final class RmiCalls implements CallContestant {

    private static final String LOOPBACK = "127.0.0.1";
    private static final String NAME = "served";

    /** Otherwise stubs name the machine's address, where nobody listens. */
    public static final List<String> FLAGS = List.of("-Djava.rmi.server.hostname=" + LOOPBACK);

    @Override
    public Served serve() throws RemoteException {
        ShopRmi shop = Order::invoice;
        return serve(shop);
    }

    /**
     * Exports an object, with a registry of its own.
     *
     * @param remote implements one interface of RMI
     */
    public static Served serve(Remote remote) throws RemoteException {
        AtomicInteger registryPort = new AtomicInteger();
        Registry registry = LocateRegistry.createRegistry(0, null, port -> {
            ServerSocket socket = listen(port);
            registryPort.set(socket.getLocalPort());
            return socket;
        });
        RMIServerSocketFactory sockets = RmiCalls::listen;
        registry.rebind(NAME, UnicastRemoteObject.exportObject(remote, 0, null, sockets));
        return new Served(Integer.toString(registryPort.get()), () -> {
            UnicastRemoteObject.unexportObject(remote, true);
            UnicastRemoteObject.unexportObject(registry, true);
        });
    }

    /**
     * The stub of such an object.
     *
     * @param address where it is served
     */
    public static Remote find(String address) throws RemoteException, NotBoundException {
        return LocateRegistry.getRegistry(LOOPBACK, Integer.parseInt(address)).lookup(NAME);
    }

    private static ServerSocket listen(int port) throws IOException {
        return new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
    }

    @Override
    public Caller dial(String address) throws RemoteException, NotBoundException {
        ShopRmi shop = (ShopRmi) find(address);
        return new Caller() {
            @Override
            public Invoice buy(Order order) throws RemoteException {
                return shop.buy(order);
            }

            @Override
            public CompletableFuture<Invoice> buyLater(Order order) {
                try {
                    return CompletableFuture.completedFuture(shop.buy(order));
                } catch (RemoteException failed) {
                    return CompletableFuture.failedFuture(failed);
                }
            }

            @Override
            public boolean isBlocking() {
                return true;
            }

            @Override
            public void close() {
                // RMI closes its idle connections itself.
            }
        };
    }
}
