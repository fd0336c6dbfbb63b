package io.chaski.core.internal.netty;

import io.chaski.core.internal.module.OwnUser;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/** Users by what the JDK says, on systems where it does (Linux, macOS). */
final class JdkUsers implements SocketUsers {

    private static final String OPTION = "SO_PEERCRED";

    private JdkUsers() {}

    /**
     * Null if the operating system, or a JDK without the module {@code jdk.net}, does not tell who connects.
     *
     * @throws IOException if no socket can be made to ask: that is no answer
     */
    static @Nullable SocketUsers find() throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            boolean isTold = probe.supportedOptions().stream()
                    .anyMatch(option -> option.name().equals(OPTION));
            return isTold ? new JdkUsers() : null;
        } catch (UnsupportedOperationException noSuchSockets) {
            return null; // who listens on one nevertheless is told so by the bind
        }
    }

    /**
     * The JDK has no users by number, and takes a name that nobody has for a number if it is one: this asks for somebody of the
     * <em>name</em> {@code 1001} first. Where an administrator has given such a name, which the usual tools refuse, that user is
     * meant. It may ask a directory in the network: only at the start.
     */
    @Override
    public UserPrincipal numbered(int number) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(Integer.toString(number));
    }

    @Override
    public UserPrincipal ourselves() throws IOException {
        return OwnUser.principal();
    }

    /** The JDK looks up the names of user and group, which may take a while where they are kept in the network. */
    @Override
    public UserPrincipal peer(Channel accepted) throws IOException {
        UnixDomainPrincipal peer;
        try {
            peer = accepted.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
        } catch (ChannelException failure) { // as Netty wraps what the JDK throws
            throw new IOException(OPTION + " failed: " + failure.getMessage(), failure);
        }
        if (peer == null) {
            throw new IOException("no " + OPTION);
        }
        return peer.user();
    }
}
