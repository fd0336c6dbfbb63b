package io.chaski.core.internal.netty.tls;

import io.chaski.core.security.Credentials;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What computes for TLS. */
public enum TlsEngine {
    /** The one of the JDK, which is always there. */
    JDK(SslProvider.JDK, SelectorFailureBehavior.FATAL_ALERT, SelectedListenerFailureBehavior.FATAL_ALERT, "the JDK"),

    /**
     * BoringSSL, some five times as many handshakes a second. It cannot refuse a handshake for want of a protocol; {@link
     * TlsContext#hasAgreed} does.
     */
    NATIVE(
            SslProvider.OPENSSL,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            "the native library");

    private static final Logger LOG = LoggerFactory.getLogger(TlsEngine.class);

    private final SslProvider provider;
    private final SelectorFailureBehavior selectorFailure;
    private final SelectedListenerFailureBehavior selectedFailure;
    private final String label;

    TlsEngine(
            SslProvider provider,
            SelectorFailureBehavior selectorFailure,
            SelectedListenerFailureBehavior selectedFailure,
            String label) {
        this.provider = provider;
        this.selectorFailure = selectorFailure;
        this.selectedFailure = selectedFailure;
        this.label = label;
    }

    /**
     * The best engine for a key: the native one if its library is on the class path and a handshake with this very key
     * succeeds, else that of the JDK. A native library that does not match Netty loads and fails in the first handshake.
     * Logs which one, and why not the other if it was there.
     *
     * @param credentials the key that it will be used with
     */
    public static TlsEngine best(Credentials credentials) {
        return best(credentials, OpenSsl.unavailabilityCause(), SelfTest::run);
    }

    /** Tries an engine out. */
    interface Trial {
        /**
         * Shakes hands.
         *
         * @param engine to be tried
         * @param credentials what it will be used with
         * @throws SSLException if it does not work
         */
        void run(TlsEngine engine, Credentials credentials) throws SSLException;
    }

    /**
     * See {@link #best(Credentials)}.
     *
     * @param missing why there is no native library, null if there is one
     * @param trial of the native library
     */
    static TlsEngine best(Credentials credentials, @Nullable Throwable missing, Trial trial) {
        if (missing instanceof ClassNotFoundException) {
            LOG.info("TLS is done by {}", JDK.label);
            return JDK;
        }
        if (missing != null) {
            LOG.info("TLS is done by {}, because the native library does not load: {}", JDK.label, missing.toString());
            return JDK;
        }
        try {
            trial.run(NATIVE, credentials);
        } catch (Throwable unusable) { // whatever a library that does not match throws, errors of linkage among them
            LOG.info("TLS is done by {}, because the native library fails: {}", JDK.label, unusable.toString());
            return JDK;
        }
        LOG.info("TLS is done by {}, {}", NATIVE.label, OpenSsl.versionString());
        return NATIVE;
    }

    SslProvider provider() {
        return provider;
    }

    SelectorFailureBehavior selectorFailure() {
        return selectorFailure;
    }

    SelectedListenerFailureBehavior selectedFailure() {
        return selectedFailure;
    }
}
