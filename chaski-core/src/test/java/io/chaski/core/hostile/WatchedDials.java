package io.chaski.core.hostile;

import io.chaski.core.Address;
import io.chaski.core.internal.netty.ForwardingEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.core.internal.runtime.Transports;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The real world, with a list of the addresses that a node has dialled in it. Thread-safe. */
final class WatchedDials extends ForwardingEnvironment {

    private final List<Address> dialled = new CopyOnWriteArrayList<>();

    List<Address> dialled() {
        return List.copyOf(dialled);
    }

    @Override
    public Host open(String nodeName, TransportLimits limits) throws IOException {
        Host host = super.open(nodeName, limits);
        return new Host(host.loop(), new Watched(host.transports()));
    }

    private final class Watched implements Transports {
        private final Transports transports;

        Watched(Transports transports) {
            this.transports = transports;
        }

        @Override
        public Listener listen(Address address) throws IOException {
            return transports.listen(address);
        }

        @Override
        public Datagrams datagrams(Address address) throws IOException {
            return transports.datagrams(address);
        }

        @Override
        public Dial dial(Address address, Dialler dialler) {
            dialled.add(address);
            return transports.dial(address, dialler);
        }

        @Override
        public void close(Runnable done) {
            transports.close(done);
        }
    }
}
