package io.chaski.core.internal.netty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;

/** Who may connect to UNIX domain sockets. Stateless. */
final class AdmittedUsers {

    /** Root reads the memory of every process and becomes any user: turning it away would protect nothing. */
    private static final int ROOT = 0;

    /** The one range of the machine's own namespace: every number is itself. */
    private static final String IDENTITY = "0 0 4294967295";

    private AdmittedUsers() {}

    /**
     * We, root, and others by number. Not whoever owns the socket file: its name may lead to somebody else's by then.
     *
     * @param others none if the file is ours alone
     * @param nobody the number that many users share
     * @throws IOException if the operating system cannot be asked, or if one of them has that number and the check would be all that
     *     keeps the many out
     */
    static Set<UserPrincipal> of(SocketUsers users, Set<Integer> others, OptionalInt nobody) throws IOException {
        Set<UserPrincipal> admitted = new HashSet<>();
        admitted.add(users.ourselves());
        admitted.add(users.numbered(ROOT));
        for (int other : others) {
            admitted.add(users.numbered(other));
        }
        if (!others.isEmpty() && nobody.isPresent() && admitted.contains(users.numbered(nobody.getAsInt()))) {
            throw new IOException(
                    "user " + nobody.getAsInt() + " stands for everybody who has no number in this container:"
                            + " it cannot be among unixUsers, nor can a node that runs as it have unixUsers");
        }
        return admitted;
    }

    /**
     * The number that the kernel reports for each user who has none in our user namespace; empty if all users of the machine have one.
     *
     * @param system where Linux tells; other systems have no such folder, nor such namespaces
     * @throws IOException if it cannot be read
     */
    static OptionalInt whoHasNoNumber(Path system) throws IOException {
        Path map = system.resolve("self/uid_map");
        if (!Files.exists(map)
                || Files.readString(map).strip().replaceAll("\\s+", " ").equals(IDENTITY)) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(
                Files.readString(system.resolve("sys/kernel/overflowuid")).strip()));
    }
}
