package io.chaski.ca.internal.authority;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.PolicyDocument;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.PolicyRefusedException.Problem;
import io.chaski.core.security.policy.SignedPolicy;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Signs policies. Nodes believe no signature by the key of an authority itself, whose certificate may sign certificates and
 * nothing else: so each policy gets a certificate of its own, of the role {@code ca}, whose key is forgotten. Confined to one
 * thread.
 */
final class PolicySigning {

    private final ChaskiUri name;
    private final Books books;
    private final Issuance issuance;

    PolicySigning(TrustDomain trustDomain, Books books, Issuance issuance) {
        this.name = new ChaskiUri(trustDomain, ChaskiUri.Role.CA, List.of("policy"));
        this.books = books;
        this.issuance = issuance;
    }

    /** A policy that was signed. */
    record Signed(long version, Fingerprint text) {}

    /**
     * Signs a text. That it does is recorded first, so that no version goes back, whatever becomes of the answer.
     *
     * @throws io.chaski.core.security.policy.PolicyFormatException if it is no policy
     * @throws PolicyRefusedException if it is not of this trust domain, has expired, or is older than one that was signed
     * @throws io.chaski.ca.EnrolmentException if nothing can be recorded or issued
     */
    SignedPolicy sign(byte[] text, Moment now) {
        return sign(Policy.parse(text), text, now, (key, chain) -> SignedPolicy.sign(text, key, chain));
    }

    /**
     * Signs what was signed before, also if it could not be signed for the first time now.
     *
     * @throws PolicyRefusedException as {@link #sign(byte[], Moment)}
     * @throws io.chaski.ca.EnrolmentException as {@link #sign(byte[], Moment)}
     */
    SignedPolicy signAgain(SignedPolicy known, Moment now) {
        return sign(known.policy(), known.text(), now, known::signAgain);
    }

    private SignedPolicy sign(
            Policy policy,
            byte[] text,
            Moment now,
            BiFunction<PrivateKey, List<X509Certificate>, SignedPolicy> signer) {
        Signed wanted = check(policy.document(), text, now);
        KeyPair keys = KeyPairs.generate();
        CertificateRequest request = CertificateRequest.read(CertificateRequest.write(keys, name));
        issuance.check(name, request, now);
        issuance.checkCanIssue(now);
        books.record(
                Event.POLICY_SIGNED,
                now,
                Map.of(
                        Fields.VERSION,
                        Long.toString(wanted.version()),
                        Fields.TEXT,
                        wanted.text().toString()));
        Map<String, String> origin = new LinkedHashMap<>(Map.of(Fields.FROM, RemoteHost.LOCAL.name()));
        X509Certificate leaf = issuance.issue(name, request, LeafUsage.CLIENT, issuance.lifetime(), origin, now)
                .certificate();
        return signer.apply(keys.getPrivate(), List.of(leaf, issuance.issuerOf(leaf)));
    }

    private Signed check(PolicyDocument document, byte[] text, Moment now) {
        if (!document.domain().equals(Optional.of(name.trustDomain()))) {
            throw new PolicyRefusedException(Problem.DOMAIN, "it must name the domain " + name.trustDomain());
        }
        if (document.expires().filter(end -> !now.time().isBefore(end)).isPresent()) {
            throw new PolicyRefusedException(Problem.NOT_IN_FORCE, "it has expired");
        }
        Signed wanted = new Signed(document.version(), Fingerprint.of(text));
        Optional<Signed> known = books.ledger().policy();
        if (known.isPresent() && wanted.version() < known.get().version()) {
            throw new PolicyRefusedException(
                    Problem.ROLLBACK,
                    "version " + known.get().version() + " was signed, and this is " + wanted.version()
                            + ": give it a higher one");
        }
        if (known.isPresent()
                && wanted.version() == known.get().version()
                && !wanted.text().equals(known.get().text())) {
            throw new PolicyRefusedException(
                    Problem.CONFLICT,
                    "another text was signed as version " + wanted.version() + ": give this one a higher one");
        }
        return wanted;
    }
}
