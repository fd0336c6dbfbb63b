package io.chaski.core.internal.netty;

import io.chaski.core.internal.module.OwnUser;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.nio.file.attribute.UserPrincipal;

/** Users by number, as Linux has them. Names are never looked up, which may take long, on a loop. */
final class EpollUsers implements SocketUsers {

    /**
     * A user.
     *
     * @param number as the kernel has it, without a sign
     */
    private record Uid(int number) implements UserPrincipal {
        @Override
        public String getName() {
            return Integer.toUnsignedString(number);
        }

        @Override
        public String toString() {
            return getName();
        }
    }

    @Override
    public UserPrincipal numbered(int number) {
        return new Uid(number);
    }

    @Override
    public UserPrincipal ourselves() throws IOException {
        return new Uid(OwnUser.number());
    }

    @Override
    public UserPrincipal peer(Channel accepted) throws IOException {
        return new Uid(((EpollDomainSocketChannel) accepted).peerCredentials().uid());
    }
}
