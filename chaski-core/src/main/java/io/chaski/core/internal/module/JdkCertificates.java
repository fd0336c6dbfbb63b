package io.chaski.core.internal.module;

import java.io.ByteArrayInputStream;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.cert.CRLException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Certificates as the JDK reads and checks them, whatever provider the program has put in the first place: what our checks
 * add is made for what this parser refuses and this validation leaves out, and was tested with them alone. Thread-safe.
 */
public final class JdkCertificates {

    private static final String PROVIDER = "SUN";

    private JdkCertificates() {}

    /** The path validation of the JDK (PKIX). */
    public static CertPathValidator validator() {
        try {
            return CertPathValidator.getInstance("PKIX", PROVIDER);
        } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
            throw missing(e);
        }
    }

    /** The parser of the JDK. */
    public static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509", PROVIDER);
        } catch (CertificateException | NoSuchProviderException e) {
            throw missing(e);
        }
    }

    /** Somebody has taken a part of the JDK away. Nobody is believed then. */
    private static IllegalStateException missing(Exception cause) {
        return new IllegalStateException("this Java has no security provider " + PROVIDER, cause);
    }

    /**
     * Reads a certificate.
     *
     * @throws CertificateException if it is none, or the bytes are not exactly its encoding
     */
    public static X509Certificate read(byte[] der) throws CertificateException {
        X509Certificate certificate = (X509Certificate) factory().generateCertificate(new ByteArrayInputStream(der));
        if (!Arrays.equals(certificate.getEncoded(), der)) {
            throw new CertificateException("bytes behind a certificate");
        }
        return certificate;
    }

    /**
     * Reads a revocation list.
     *
     * @throws CRLException if it is none, or the bytes are not exactly its encoding
     */
    public static X509CRL readList(byte[] der) throws CRLException {
        X509CRL list = (X509CRL) factory().generateCRL(new ByteArrayInputStream(der));
        if (!Arrays.equals(list.getEncoded(), der)) {
            throw new CRLException("bytes behind a revocation list");
        }
        return list;
    }

    /**
     * The same certificates, read by the JDK.
     *
     * @throws CertificateException if it cannot read one
     */
    public static List<X509Certificate> readAgain(Collection<X509Certificate> certificates)
            throws CertificateException {
        List<X509Certificate> own = new ArrayList<>();
        for (X509Certificate certificate : certificates) {
            own.add(read(certificate.getEncoded()));
        }
        return own;
    }
}
