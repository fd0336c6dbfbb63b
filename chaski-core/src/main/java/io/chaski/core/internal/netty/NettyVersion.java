package io.chaski.core.internal.netty;

import io.netty.util.Version;
import java.util.Map;

/** Refuses a Netty that is too old, which another dependency of the application may have forced on us. */
final class NettyVersion {

    /** Came with 4.2 and is the first thing we would miss. */
    private static final String ONLY_SINCE_4_2 = "io.netty.channel.IoHandlerFactory";

    private NettyVersion() {}

    /**
     * Checks what is on the class path.
     *
     * @throws IllegalStateException if it is older than 4.2, naming it
     */
    static void check() {
        check(ONLY_SINCE_4_2, Version.identify());
    }

    static void check(String neededClass, Map<String, Version> found) {
        try {
            Class.forName(neededClass, false, NettyVersion.class.getClassLoader());
        } catch (ClassNotFoundException tooOld) {
            Version transport = found.get("netty-transport");
            throw new IllegalStateException(
                    "Chaski needs Netty 4.2, but the class path has Netty "
                            + (transport == null ? "of an unknown, older version" : transport.artifactVersion())
                            + "; import netty-bom 4.2 ahead of the dependency that brings it",
                    tooOld);
        }
    }
}
