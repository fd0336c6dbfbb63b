package io.chaski.benchmarks.loopback;

import java.rmi.Remote;
import java.rmi.RemoteException;

/** What {@link RmiContestant} calls. */
interface EchoRmi extends Remote {

    /**
     * Answers with the same.
     *
     * @param message any bytes
     * @throws RemoteException if the call fails
     */
    byte[] echo(byte[] message) throws RemoteException;
}
