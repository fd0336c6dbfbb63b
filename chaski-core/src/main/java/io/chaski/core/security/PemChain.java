package io.chaski.core.security;

import io.chaski.core.ConfigurationException;
import io.chaski.core.internal.module.JdkSignatures;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts certificates that came in any order into that of a chain. Stateless. */
final class PemChain {

    private PemChain() {}

    /**
     * The certificate of a key, then the one that vouches for it, and so on. A root that would be one too many is left out: peers
     * have it, or believe nothing.
     *
     * @param key the private key
     * @param certificates each once
     * @throws ConfigurationException naming what is missing or does not belong there
     */
    static List<X509Certificate> sort(PrivateKey key, Set<X509Certificate> certificates) {
        Set<X509Certificate> others = new LinkedHashSet<>(certificates);
        List<X509Certificate> chain = new ArrayList<>();
        Optional<X509Certificate> next = Optional.of(leaf(key, certificates));
        while (next.isPresent()) {
            chain.add(next.get());
            others.remove(next.get());
            next = issuer(next.get(), others);
        }
        X509Certificate last = chain.get(chain.size() - 1);
        if (!others.isEmpty()) {
            throw new ConfigurationException("nothing leads from the certificate of " + subject(last) + " to "
                    + subjects(others)
                    + (isSelfSigned(last)
                            ? ""
                            : ": the certificate of " + last.getIssuerX500Principal() + " is missing")
                    + ", or they do not belong there");
        }
        if (chain.size() > CertificateVerifier.MAX_CHAIN_LENGTH && isSelfSigned(last)) {
            chain.remove(last);
        }
        if (chain.size() > CertificateVerifier.MAX_CHAIN_LENGTH) {
            throw new ConfigurationException("a chain has at most " + CertificateVerifier.MAX_CHAIN_LENGTH
                    + " certificates without the root, and this one " + chain.size() + ": " + subjects(chain));
        }
        return chain;
    }

    private static X509Certificate leaf(PrivateKey key, Set<X509Certificate> certificates) {
        List<X509Certificate> fitting = certificates.stream()
                .filter(certificate -> JdkSignatures.isPair(key, certificate.getPublicKey()))
                .toList();
        if (fitting.size() != 1) {
            throw new ConfigurationException(
                    fitting.isEmpty()
                            ? "the private key belongs to none of the certificates: " + subjects(certificates)
                            : "the private key has " + fitting.size() + " certificates, and a node has one: "
                                    + subjects(fitting));
        }
        return fitting.get(0);
    }

    private static Optional<X509Certificate> issuer(X509Certificate certificate, Set<X509Certificate> others) {
        return isSelfSigned(certificate)
                ? Optional.empty()
                : others.stream().filter(other -> hasSigned(other, certificate)).findFirst();
    }

    private static boolean hasSigned(X509Certificate issuer, X509Certificate certificate) {
        if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // another authority of that name
        }
    }

    private static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static String subjects(Collection<X509Certificate> certificates) {
        return certificates.stream().map(PemChain::subject).collect(Collectors.joining("; "));
    }

    private static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().toString();
    }
}
