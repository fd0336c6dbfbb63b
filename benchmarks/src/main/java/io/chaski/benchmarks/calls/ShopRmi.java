package io.chaski.benchmarks.calls;

import java.rmi.Remote;
import java.rmi.RemoteException;

/** {@link Shop} as RMI wants it. */
public interface ShopRmi extends Remote {

    /**
     * Sells two.
     *
     * @param order of one article
     * @throws RemoteException if the call fails
     */
    Invoice buy(Order order) throws RemoteException;
}
