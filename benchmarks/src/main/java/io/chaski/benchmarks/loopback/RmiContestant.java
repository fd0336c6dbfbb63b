package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.RmiCalls;
import java.rmi.NotBoundException;
import java.rmi.RemoteException;

/** Java RMI with its defaults, on loopback only: a method whose argument and result are arrays of bytes. See {@link RmiCalls}. */
final class RmiContestant implements Contestant {

    @Override
    public Listening echo() throws RemoteException {
        EchoRmi echo = message -> message;
        CallContestant.Served served = RmiCalls.serve(echo);
        return Listening.at(served.address(), served);
    }

    @Override
    public RoundTrip roundTrip(String address) throws RemoteException, NotBoundException {
        EchoRmi echo = (EchoRmi) RmiCalls.find(address);
        return new RoundTrip() {
            @Override
            public byte[] call(byte[] request) throws RemoteException {
                return echo.echo(request);
            }

            @Override
            public void close() {
                // RMI closes its idle connections itself.
            }
        };
    }
}
