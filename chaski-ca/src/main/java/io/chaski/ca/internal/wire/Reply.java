package io.chaski.ca.internal.wire;

import io.chaski.ca.EnrolmentProblem;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.policy.SignedPolicy;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the authority answers. */
public sealed interface Reply {

    /**
     * A certificate, and everything that is needed to take part with it.
     *
     * @param leaf the certificate
     * @param issuing the authority that signed it
     * @param roots whom to trust, 1 to 4
     * @param bundleVersion counts the sets of roots up
     * @param lister the authority that signed the list: another one than that of the certificate after a rotation
     * @param revocations who is not to be trusted any more
     * @param addresses where the authority is, up to 4
     * @param serverTime its clock, whole seconds
     * @param bundle the roots as the authority has signed them; empty in a reply of version 1
     * @param policy the policy that it has signed last; empty if there is none, and in a reply of version 1
     */
    record Granted(
            X509Certificate leaf,
            X509Certificate issuing,
            List<X509Certificate> roots,
            long bundleVersion,
            X509Certificate lister,
            X509CRL revocations,
            List<String> addresses,
            Instant serverTime,
            Optional<SignedBundle> bundle,
            Optional<SignedPolicy> policy)
            implements Reply {

        /** Copies the lists. */
        public Granted {
            roots = List.copyOf(roots);
            addresses = List.copyOf(addresses);
        }

        /**
         * The same with a policy.
         *
         * @param signed what is handed out with it
         */
        public Granted with(Optional<SignedPolicy> signed) {
            return new Granted(
                    leaf, issuing, roots, bundleVersion, lister, revocations, addresses, serverTime, bundle, signed);
        }
    }

    /**
     * No certificate. All of them have the same length, and for one problem nothing else differs than the time.
     *
     * @param problem why
     * @param retryAfter when to try again, whole seconds; zero if trying again is no use, or not limited
     * @param serverTime the clock of the authority, whole seconds
     */
    record Refused(EnrolmentProblem problem, Duration retryAfter, Instant serverTime) implements Reply {}
}
