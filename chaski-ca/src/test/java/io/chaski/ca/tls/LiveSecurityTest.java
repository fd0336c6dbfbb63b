package io.chaski.ca.tls;

import static io.chaski.ca.internal.bouncycastle.TestAuthority.DOMAIN;
import static io.chaski.ca.internal.bouncycastle.TestAuthority.MILL;
import static io.chaski.ca.internal.bouncycastle.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.ConfigurationException;
import io.chaski.core.internal.runtime.LiveSecurity;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.TrustMode;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whom a node believes, by what it is configured with and by what was signed since. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LiveSecurityTest {

    private static final TestAuthority OLD = new TestAuthority(1);
    private static final TestAuthority NEXT = new TestAuthority(2);
    private static final SignedBundle BOTH = signed(OLD, 2, OLD.root, NEXT.root);
    private static final SignedBundle FINISHED = signed(NEXT, 3, NEXT.root);

    private static SignedBundle signed(TestAuthority by, long number, X509Certificate... roots) {
        return SignedBundle.sign(
                DOMAIN, number, List.of(roots), by.issuingKeys.getPrivate(), List.of(by.issuing, by.root));
    }

    private static Credentials credentials(TestAuthority by) {
        KeyPair keys = KeyPairs.generate();
        return new Credentials(keys.getPrivate(), by.chain(by.leaf(keys.getPublic(), LeafUsage.BOTH)));
    }

    private static LiveSecurity starting(TestAuthority own, Trust configured, Optional<SignedBundle> followed) {
        return new LiveSecurity(TrustMode.ca(credentials(own), configured), followed, () -> NOW);
    }

    private static Set<X509Certificate> roots(LiveSecurity security) {
        return ((TrustMode.Ca) security.mode()).trust().roots();
    }

    @Nested
    class After_a_restart {
        @Test
        void the_roots_of_the_set_vouch_for_the_node_itself_as_well() {
            LiveSecurity security = starting(NEXT, OLD.trust(), Optional.of(BOTH));

            assertThat(security.identity().orElseThrow().uri()).contains(MILL);
            assertThat(roots(security)).containsExactlyInAnyOrder(OLD.root, NEXT.root);
            assertThat(security.bundle()).contains(BOTH);
            assertThatThrownBy(() -> starting(NEXT, OLD.trust(), Optional.empty()))
                    .isInstanceOf(CertificateRefusedException.class);
        }

        @Test
        void a_root_that_was_dropped_stays_out_also_if_it_is_the_nodes_own() {
            LiveSecurity security = starting(OLD, OLD.trust(), Optional.of(FINISHED));

            assertThat(security.identity().orElseThrow().uri()).contains(MILL);
            assertThat(roots(security)).containsExactly(NEXT.root);
            security.update(credentials(NEXT));
            assertThat(roots(security)).containsExactly(NEXT.root);
        }

        @Test
        void somebody_has_to_vouch_for_the_node() {
            TestAuthority third = new TestAuthority(3);

            assertThatThrownBy(() -> starting(third, OLD.trust(), Optional.of(BOTH)))
                    .isInstanceOf(CertificateRefusedException.class);
        }
    }

    @Nested
    class While_it_runs {
        private final LiveSecurity security = starting(OLD, OLD.trust(), Optional.empty());

        /** A set that nothing could be done with would be said to be in force, and be refused when it comes again. */
        @Test
        void what_cannot_be_used_is_not_followed_and_may_come_again() {
            AtomicBoolean isUsable = new AtomicBoolean();
            security.follow(next -> {
                if (!isUsable.get()) {
                    throw new ConfigurationException("no use");
                }
                return () -> {};
            });

            assertThatThrownBy(() -> security.update(BOTH)).isInstanceOf(ConfigurationException.class);
            assertThat(security.bundle()).isEmpty();
            assertThat(roots(security)).containsExactly(OLD.root);

            isUsable.set(true);
            assertThat(security.update(BOTH)).isTrue();
            assertThat(security.bundle()).contains(BOTH);
            assertThat(roots(security)).hasSize(2);
        }

        @Test
        void its_trust_domain_stays() {
            Trust foreign = Trust.of(new TrustDomain("plant-8.example"), Set.of(OLD.root));

            assertThatThrownBy(() -> security.update(foreign))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("plant-7.example")
                    .hasMessageContaining("plant-8.example");
            assertThat(((TrustMode.Ca) security.mode()).trust()).isEqualTo(OLD.trust());
        }
    }
}
