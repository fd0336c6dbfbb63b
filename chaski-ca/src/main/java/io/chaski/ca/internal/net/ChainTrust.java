package io.chaski.ca.internal.net;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A trust manager of one check, which is ours alone. An extended one, because the JDK adds checks of its own to any other,
 * and those know nothing of our names.
 */
final class ChainTrust extends X509ExtendedTrustManager {

    private final ChainCheck check;

    ChainTrust(ChainCheck check) {
        this.check = check;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        try {
            check.accept(List.of(chain));
        } catch (RuntimeException e) {
            // Whatever is wrong with it, it ends the handshake, and the cause is found again by who started it.
            throw new CertificateException("the certificates are not accepted", e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0]; // nobody is told whom we know
    }
}
