package io.chaski.core.internal.netty.tls;

import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What an engine asks between the certificates of a peer and the first computation with its key: whether there are too
 * many, and whether the keys are of kinds that take part. Who the peer is, is not decided here, because nobody asks here
 * when a session is resumed. Stateless.
 */
final class FormCheck extends X509ExtendedTrustManager {

    static final FormCheck INSTANCE = new FormCheck();

    private FormCheck() {}

    private static void check(X509Certificate[] chain) throws CertificateException {
        try {
            CertificateVerifier.checkForm(List.of(chain));
        } catch (CertificateRefusedException refused) {
            throw new CertificateException(refused.getMessage(), refused);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    /** No names of authorities are sent to clients: whoever has a certificate of ours knows which one to show. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
