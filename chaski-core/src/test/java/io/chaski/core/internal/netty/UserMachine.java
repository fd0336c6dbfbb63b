package io.chaski.core.internal.netty;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** A machine with users. */
final class UserMachine implements SocketUsers {

    static final int ROOT = 0;
    static final int OWNER = 1_000;

    /** Who is at the other end of which connection. */
    private final Map<Channel, UserPrincipal> peers = new HashMap<>();

    void connect(Channel connection, int user) {
        peers.put(connection, numbered(user));
    }

    @Override
    public UserPrincipal numbered(int number) {
        return new User(Integer.toString(number));
    }

    @Override
    public UserPrincipal ourselves() {
        return numbered(OWNER);
    }

    @Override
    public UserPrincipal peer(Channel accepted) throws IOException {
        if (!peers.containsKey(accepted)) {
            throw new IOException("not connected");
        }
        return Objects.requireNonNull(peers.get(accepted));
    }

    private record User(String getName) implements UserPrincipal {}
}
