package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static io.chaski.ca.ServedAuthority.PUMP;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.internal.provider.TokenIdentityProvider;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.IdentityProvider.Enrolled;
import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.RenewalAlarm;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node is told while it runs with an identity that it has enrolled for. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EnrolledNodeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    @TempDir
    Path folder;

    private final BlockingQueue<Object> updates = new LinkedBlockingQueue<>();
    private final Queue<Class<?>> refused = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Alarm> alarms = new LinkedBlockingQueue<>();
    private ServedAuthority ca;
    private Enrolled mill;

    private record Alarm(RenewalAlarm alarm, Instant notAfter) {}

    @BeforeEach
    void enrol() {
        ca = new ServedAuthority(folder.resolve("ca"));
        ca.authority.signPolicy("{\"version\":4,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.UTF_8));
        mill = new TokenIdentityProvider()
                .enroll(folder.resolve("mill"), ca.token(MILL), Duration.ZERO, ca.clock(Duration.ZERO));
    }

    @AfterEach
    void close() {
        mill.close();
        ca.close();
    }

    private void follow() {
        mill.follow(
                node(NodeSecurity.class),
                node(NodeAccess.class),
                (alarm, notAfter) -> alarms.add(new Alarm(alarm, notAfter)));
    }

    /** The side of a node that takes whatever it is given, but what is refused, once for each time that it is said. */
    private <S> S node(Class<S> side) {
        return side.cast(Proxy.newProxyInstance(
                side.getClassLoader(), new Class<?>[] {side}, (self, method, arguments) -> take(method, arguments)));
    }

    private Object take(Method method, Object[] arguments) {
        if (method.getName().equals("update")) {
            if (refused.remove(arguments[0].getClass())) {
                throw new IllegalStateException("not now");
            }
            updates.add(arguments[0]);
            return true;
        }
        if (method.getName().equals("mode")) {
            return mill.mode();
        }
        return Optional.empty(); // no set of roots but its own
    }

    private List<Object> next(int count) throws InterruptedException {
        List<Object> next = new ArrayList<>();
        while (next.size() < count) {
            Object update = updates.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(update).as("after %s", next).isNotNull();
            next.add(update);
        }
        return next;
    }

    @Test
    void what_has_come_with_its_certificate() throws InterruptedException {
        follow();

        assertThat(next(3))
                .extracting(Object::getClass)
                .containsExactly(SignedBundle.class, SignedRevocationList.class, SignedPolicy.class);
    }

    @Test
    void its_next_certificate_between_the_roots_that_it_needs_and_what_has_come_with_it() throws InterruptedException {
        ca.advance(Duration.ofHours(18)); // more than two thirds of a day

        follow();

        List<Object> told = next(8);
        assertThat(told.subList(3, 8))
                .extracting(Object::getClass)
                .containsExactly(
                        SignedBundle.class,
                        Credentials.class,
                        SignedBundle.class,
                        SignedRevocationList.class,
                        SignedPolicy.class);
        NodeCredentials stored = ca.node(folder.resolve("mill")).stored().orElseThrow();
        assertThat(stored.notAfter()).isEqualTo(ca.time.plus(Duration.ofDays(1)));
        assertThat(told.get(4)).isEqualTo(new Credentials(stored.key(), stored.chain()));
    }

    /** Nobody would edit the file again for it. */
    @Test
    void whom_it_denies_again_when_it_could_not_take_it() throws IOException, InterruptedException {
        refused.add(Trust.class);
        Files.writeString(folder.resolve("mill").resolve("deny"), PUMP + "\n");

        follow();

        assertThat(((Trust) next(4).get(3)).denied()).isEqualTo(new DenyList(Set.of(), Set.of(), Set.of(PUMP)));
        assertThat(refused).isEmpty();
    }

    /** Whoever is revoked by then must not stay because of it. */
    @Test
    void what_has_come_with_a_certificate_that_it_does_not_take_yet() throws InterruptedException {
        refused.add(Credentials.class);
        ca.advance(Duration.ofHours(18)); // more than two thirds of a day

        follow();

        assertThat(next(12).subList(3, 9))
                .extracting(Object::getClass)
                .containsExactly(
                        SignedBundle.class,
                        SignedBundle.class,
                        SignedRevocationList.class,
                        SignedPolicy.class,
                        SignedBundle.class,
                        Credentials.class);
    }

    @Test
    void that_no_certificate_comes() throws InterruptedException {
        Instant notAfter =
                ca.node(folder.resolve("mill")).stored().orElseThrow().notAfter();
        ca.stop();
        ca.time = notAfter.minus(Duration.ofHours(1));

        follow();

        assertThat(alarms.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(new Alarm(RenewalAlarm.CRITICAL, notAfter));
        ca.start();
    }
}
