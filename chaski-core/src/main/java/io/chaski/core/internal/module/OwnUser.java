package io.chaski.core.internal.module;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/**
 * The user that this process runs as, as the operating system has it: a name may be missing in a container, and is what a system
 * property says. For systems where files have owners (POSIX). Stateless.
 */
public final class OwnUser {

    private static final Path PROCESS = Path.of("/proc/self");

    private OwnUser() {}

    /**
     * To be compared with owners of files.
     *
     * @throws IOException if the operating system cannot be asked
     */
    public static UserPrincipal principal() throws IOException {
        return (UserPrincipal) attribute(PROCESS, "owner:owner");
    }

    /**
     * As the kernel has it, without a sign.
     *
     * @throws IOException if the operating system cannot be asked
     */
    public static int number() throws IOException {
        return (int) attribute(PROCESS, "unix:uid");
    }

    /** Of the directory that Linux has of us, elsewhere of a file that we make. */
    static Object attribute(Path process, String name) throws IOException {
        if (Files.exists(process)) {
            return Files.getAttribute(process, name);
        }
        Path ours = Files.createTempFile("chaski", null);
        try {
            return Files.getAttribute(ours, name, LinkOption.NOFOLLOW_LINKS);
        } finally {
            Files.delete(ours);
        }
    }
}
