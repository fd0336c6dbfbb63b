package io.chaski.ca.internal.bouncycastle;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.SubjectAttributes;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority.Leaf;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustDomain;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;

/** A root, an issuing authority and what they sign, at a fixed time or another one. */
public final class TestAuthority {

    public static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    public static final TrustDomain DOMAIN = new TrustDomain("plant-7.example");
    public static final ChaskiUri MILL = ChaskiUri.parse("chaski://plant-7.example/node/mill-3");

    public final KeyPair rootKeys;
    public final KeyPair issuingKeys = KeyPairs.generate();
    public final X509Certificate root;
    public final X509Certificate issuing;
    public final IssuingAuthority authority;
    private final Random random;
    private final Instant now;

    public TestAuthority(long seed) {
        this(seed, NOW);
    }

    private TestAuthority(long seed, Instant now) {
        this.now = now;
        rootKeys = KeyPairs.generate();
        random = new Random(seed);
        root = AuthorityCertificates.root(rootKeys, SubjectAttributes.NONE, now, random);
        issuing = issuing();
        authority = new IssuingAuthority(issuing, issuingKeys.getPrivate());
    }

    private TestAuthority(long seed, TestAuthority before) {
        now = before.now;
        rootKeys = before.rootKeys;
        random = new Random(seed);
        root = before.root;
        issuing = issuing();
        authority = new IssuingAuthority(issuing, issuingKeys.getPrivate());
    }

    private X509Certificate issuing() {
        return AuthorityCertificates.issuing(
                issuingKeys.getPublic(), DOMAIN, SubjectAttributes.NONE, root, rootKeys.getPrivate(), now, random);
    }

    /** The same one after its issuing key was replaced. */
    public TestAuthority withNextKey(long seed) {
        return new TestAuthority(seed, this);
    }

    /** One of another time. */
    public static TestAuthority of(long seed, Instant now) {
        return new TestAuthority(seed, now);
    }

    /** A key protection that does not take most of a second. */
    public static KeyProtection fastProtection() {
        return new KeyProtection(1_000);
    }

    /** An issuing authority below the same root for another trust domain, as a company has that shares one. */
    public IssuingAuthority issuingFor(TrustDomain domain) {
        KeyPair keys = KeyPairs.generate();
        return new IssuingAuthority(
                AuthorityCertificates.issuing(
                        keys.getPublic(), domain, SubjectAttributes.NONE, root, rootKeys.getPrivate(), now, random),
                keys.getPrivate());
    }

    /** Number of the record that allows a certificate. */
    public static long issuance(X509Certificate leaf) {
        byte[] inOctets = leaf.getExtensionValue(IssuingAuthority.ISSUANCE_ID.getId());
        byte[] number = ASN1OctetString.getInstance(inOctets).getOctets();
        return ASN1Integer.getInstance(number).longValueExact();
    }

    /**
     * A root that may vouch for another trust domain only, and an issuing authority below it.
     *
     * @param issuing for our trust domain
     */
    record Constrained(X509Certificate root, IssuingAuthority issuing) {}

    Constrained constrained() {
        KeyPair above = KeyPairs.generate();
        KeyPair below = KeyPairs.generate();
        X509Certificate constrained = AuthorityCertificates.issuing(
                above.getPublic(),
                new TrustDomain("plant-8.example"),
                SubjectAttributes.NONE,
                root,
                rootKeys.getPrivate(),
                now,
                random);
        X509Certificate signer = AuthorityCertificates.issuing(
                below.getPublic(), DOMAIN, SubjectAttributes.NONE, constrained, above.getPrivate(), now, random);
        return new Constrained(constrained, new IssuingAuthority(signer, below.getPrivate()));
    }

    public X509Certificate leaf(PublicKey key, LeafUsage usage) {
        return leaf(MILL, key, usage, NOW.plus(Duration.ofDays(1)));
    }

    public X509Certificate leaf(ChaskiUri uri, PublicKey key, LeafUsage usage, Instant notAfter) {
        return authority.sign(new Leaf(
                uri, key, usage, SerialNumbers.draw(random), now.minus(AuthorityCertificates.BACKDATING), notAfter, 7));
    }

    public List<X509Certificate> chain(X509Certificate leaf) {
        return List.of(leaf, issuing, root);
    }

    public Trust trust() {
        return Trust.of(DOMAIN, Set.of(root));
    }

    public CertificateVerifier verifier() {
        return new CertificateVerifier(trust());
    }
}
