package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.CertificateAuthority.Surroundings;
import io.chaski.ca.internal.authority.Moment;
import io.chaski.ca.internal.authority.RemoteHost;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.ChaskiUri;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** An authority on a disk that a test may take the power from, at a time that it sets. */
final class SimulatedAuthority {

    static final Path DIRECTORY = Path.of("/ca");
    static final PasswordSource PASSWORD = ServedAuthority.PASSWORD;

    SimulatedDisk disk = new SimulatedDisk();
    Instant time = TestAuthority.NOW;
    private long seed;

    SimulatedAuthority(long seed, AuthorityOptions options) {
        this.seed = seed;
        CertificateAuthority.init(DIRECTORY, options, PASSWORD, surroundings());
    }

    private Surroundings surroundings() {
        return new Surroundings(
                disk,
                TestAuthority.fastProtection(),
                () -> new Moment(time, time.toEpochMilli() * 1_000_000),
                new Random(seed++));
    }

    /** As another process would. */
    CertificateAuthority open() {
        return CertificateAuthority.open(DIRECTORY, PASSWORD, surroundings());
    }

    boolean exists(String name) {
        return disk.exists(DIRECTORY.resolve(name));
    }

    static String token(CertificateAuthority authority, ChaskiUri name) {
        return authority.createToken(name, ServedAuthority.QUARTER, Optional.empty());
    }

    /** Two seconds after whoever was before, so that no limit is in the way. */
    Reply.Granted enrol(CertificateAuthority authority, String token, ChaskiUri name, KeyPair keys) {
        time = time.plusSeconds(2);
        return (Reply.Granted)
                authority.enrol(Request.enrol(token, time, CertificateRequest.write(keys, name)), RemoteHost.LOCAL);
    }

    Reply.Granted enrol(CertificateAuthority authority, ChaskiUri name, KeyPair keys) {
        return enrol(authority, token(authority, name), name, keys);
    }

    static void assertProblem(ThrowingCallable call, Problem problem) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }
}
