package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.internal.runtime.LogLimiter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Turns away who connects to a UNIX domain socket as another user of this machine: before the connection is read from, or
 * counts as one. The file's mode keeps most of them from getting here; this is for those who were faster than the mode, and
 * where other users are let in. Confined to the loop.
 */
final class UserCheck extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(UserCheck.class);

    private final Address address;
    private final SocketUsers users;
    private final Set<UserPrincipal> admitted;
    private final LogLimiter log;
    private final Runnable whenTurnedAway;

    /**
     * For one socket.
     *
     * @param address its address, for the log
     * @param users tells who connects
     * @param admitted who may
     * @param log where others are named
     * @param whenTurnedAway counts them
     */
    UserCheck(
            Address address, SocketUsers users, Set<UserPrincipal> admitted, LogLimiter log, Runnable whenTurnedAway) {
        this.address = address;
        this.users = users;
        this.admitted = Set.copyOf(admitted);
        this.log = log;
        this.whenTurnedAway = whenTurnedAway;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel channel = (Channel) accepted;
        String stranger = stranger(channel);
        if (stranger == null) {
            context.fireChannelRead(accepted);
            return;
        }
        channel.unsafe().closeForcibly();
        whenTurnedAway.run();
        log.write(
                LOG, Level.WARN, "other-user", stranger, "a process of " + stranger + " may not connect to " + address);
    }

    /** Null for who may connect. Whatever goes wrong is no reason to let somebody in, nor to keep a socket open. */
    private @Nullable String stranger(Channel channel) {
        try {
            UserPrincipal peer = users.peer(channel);
            return admitted.contains(peer) ? null : "user " + peer.getName();
        } catch (IOException | RuntimeException unknown) {
            return "an unknown user (" + unknown.getMessage() + ")";
        }
    }
}
