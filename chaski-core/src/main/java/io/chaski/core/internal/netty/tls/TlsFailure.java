package io.chaski.core.internal.netty.tls;

import io.chaski.core.security.CertificateRefusedException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why there is no TLS, in a few words: for counters and the log, which must not repeat what a stranger has said. */
public enum TlsFailure {
    /** Something else came, such as HTTP or a node without an identity. */
    NOT_TLS("not-tls"),
    /** The peer knows only versions before 1.3, or only other ciphers. */
    VERSION("version"),
    /** No application protocol in common. */
    PROTOCOL("protocol"),
    /** The certificate of the peer has a form that nothing is computed with, or there is none. */
    CERTIFICATE("certificate"),
    /** The handshake did not end in time. */
    TIMEOUT("timeout"),
    /** Too many handshakes at a time. */
    BUSY("busy"),
    /** More than a handshake before its end. */
    TOO_MUCH("too-much"),
    /** The connection ended in the middle. */
    GONE("gone"),
    /** The peer has refused the handshake; its log says why. */
    REFUSED("refused"),
    /** Something else. */
    OTHER("other");

    /** Deeper than exceptions wrap each other, and safe from those that go in circles. */
    private static final int MAX_CAUSES = 8;

    private final String label;

    TlsFailure(String label) {
        this.label = label;
    }

    /** For counters and the log. */
    public String label() {
        return label;
    }

    /**
     * What an exception of a TLS handler means. Engines tell most reasons in words only.
     *
     * @param failure from the pipeline, or of a handshake
     */
    public static TlsFailure of(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            TlsFailure known = known(cause);
            if (known != null) {
                return known;
            }
            cause = cause.getCause();
        }
        return failure instanceof IOException && !(failure instanceof SSLException) ? GONE : OTHER;
    }

    private static @Nullable TlsFailure known(Throwable cause) {
        if (cause instanceof HandshakeGuard.NotTlsException || cause instanceof NotSslRecordException) {
            return NOT_TLS;
        }
        if (cause instanceof HandshakeGuard.TooMuchException) {
            return TOO_MUCH;
        }
        if (cause instanceof SslHandshakeTimeoutException) {
            return TIMEOUT;
        }
        if (cause instanceof RejectedExecutionException) {
            return BUSY;
        }
        if (cause instanceof ClosedChannelException) {
            return GONE;
        }
        if (cause instanceof CertificateRefusedException || cause instanceof CertificateException) {
            return CERTIFICATE;
        }
        return cause instanceof SSLException ? ofMessage(String.valueOf(cause.getMessage())) : null;
    }

    private static @Nullable TlsFailure ofMessage(String text) {
        String message = text.toLowerCase(Locale.ROOT);
        if (message.contains("fatal alert") || message.contains("alert_")) {
            return REFUSED;
        }
        if (message.contains("exceeds the maximum allowed size") || message.contains("excessive_message_size")) {
            return TOO_MUCH; // an engine has limits of its own
        }
        if (message.contains("application")) {
            return PROTOCOL;
        }
        if (message.contains("version") || message.contains("cipher") || message.contains("protocol")) {
            return VERSION;
        }
        return message.contains("certificate") || message.contains("key_usage") ? CERTIFICATE : null;
    }
}
