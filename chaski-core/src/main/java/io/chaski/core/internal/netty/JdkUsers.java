package io.chaski.core.internal.netty;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Users by what the JDK says, on systems where it does (Linux, macOS). */
final class JdkUsers implements SocketUsers {

    private static final Logger LOG = LoggerFactory.getLogger(JdkUsers.class);

    private static final String OPTION = "SO_PEERCRED";

    private JdkUsers() {}

    /** Null if the operating system, or a JDK without the module {@code jdk.net}, does not tell who connects. */
    static @Nullable SocketUsers find() {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            boolean isTold = probe.supportedOptions().stream()
                    .anyMatch(option -> option.name().equals(OPTION));
            return isTold ? new JdkUsers() : null;
        } catch (IOException | UnsupportedOperationException noSuchSockets) {
            LOG.debug("users of UNIX sockets are not known: {}", noSuchSockets.toString());
            return null;
        }
    }

    /** The JDK takes numbers for names that nobody has. */
    @Override
    public UserPrincipal numbered(int number) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(Integer.toString(number));
    }

    @Override
    public UserPrincipal owner(Path socketFile) throws IOException {
        return Files.getOwner(socketFile, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public UserPrincipal peer(Channel accepted) throws IOException {
        UnixDomainPrincipal peer = accepted.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
        if (peer == null) {
            throw new IOException("no " + OPTION);
        }
        return peer.user();
    }
}
