package io.chaski.core.internal.netty;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.attribute.UserPrincipal;

/**
 * The users of this machine as one kind of sockets knows them. Two that one of these has returned are equal if they are the
 * same user, and print as one may tell them apart. Thread-safe.
 */
interface SocketUsers {

    /**
     * A user by number.
     *
     * @param number 0 or more
     * @throws IOException if the operating system cannot be asked
     */
    UserPrincipal numbered(int number) throws IOException;

    /**
     * Who this process runs as.
     *
     * @throws IOException if the operating system cannot be asked
     */
    UserPrincipal ourselves() throws IOException;

    /**
     * Who has opened the other end of a connection, as the operating system noted it then.
     *
     * @param accepted of a listening UNIX domain socket; need not be registered with a loop yet
     * @throws IOException if the operating system does not say
     */
    UserPrincipal peer(Channel accepted) throws IOException;
}
