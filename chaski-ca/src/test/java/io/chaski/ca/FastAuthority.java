package io.chaski.ca;

import io.chaski.ca.CertificateAuthority.Surroundings;
import io.chaski.ca.internal.authority.Moment;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.LocalDisk;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;

/** An authority whose keys are opened at once: how long that takes is written in their files. */
public final class FastAuthority {

    private FastAuthority() {}

    public static void init(Path directory, String address, PasswordSource password) {
        init(directory, address, password, Duration.ZERO);
    }

    /** By a clock that was ahead. */
    public static void init(Path directory, String address, PasswordSource password, Duration ahead) {
        AuthorityOptions options =
                AuthorityOptions.builder(TestAuthority.DOMAIN).address(address).build();
        CertificateAuthority.init(
                directory,
                options,
                password,
                new Surroundings(
                        new LocalDisk(),
                        TestAuthority.fastProtection(),
                        () -> new Moment(Instant.now().plus(ahead), System.nanoTime()),
                        new SecureRandom()));
    }

    public static int freePort() {
        return ServedAuthority.freePort();
    }
}
