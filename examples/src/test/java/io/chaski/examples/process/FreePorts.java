package io.chaski.examples.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports for those that have to be known before anybody listens there. */
public final class FreePorts {

    private FreePorts() {}

    /** One that nobody has at this moment. */
    public static int one() throws IOException {
        return find(1).get(0);
    }

    /** Different ones that nobody has at this moment. */
    public static List<Integer> find(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }
}
