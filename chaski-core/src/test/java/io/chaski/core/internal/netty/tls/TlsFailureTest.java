package io.chaski.core.internal.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLProtocolException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TlsFailureTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new HandshakeGuard.NotTlsException(), TlsFailure.NOT_TLS),
                Arguments.of(new HandshakeGuard.TooMuchException(), TlsFailure.TOO_MUCH),
                Arguments.of(new SslHandshakeTimeoutException("late"), TlsFailure.TIMEOUT),
                Arguments.of(new RejectedExecutionException(), TlsFailure.BUSY),
                Arguments.of(new ClosedChannelException(), TlsFailure.GONE),
                Arguments.of(new IOException("connection reset"), TlsFailure.GONE),
                Arguments.of(
                        new SSLHandshakeException("No matching application layer protocol values"),
                        TlsFailure.PROTOCOL),
                Arguments.of(
                        new SSLHandshakeException("Client requested protocol TLSv1.2 is not enabled"),
                        TlsFailure.VERSION),
                Arguments.of(
                        new SSLProtocolException(
                                "The size of the handshake message (1048900) exceeds the maximum allowed size (32768)"),
                        TlsFailure.TOO_MUCH),
                Arguments.of(
                        new SSLHandshakeException(
                                "The certificate chain length (50) exceeds the maximum allowed length (8)"),
                        TlsFailure.CERTIFICATE),
                Arguments.of(new SSLHandshakeException("Empty client certificate chain"), TlsFailure.CERTIFICATE),
                Arguments.of(new SSLHandshakeException("Received fatal alert: bad_certificate"), TlsFailure.REFUSED),
                Arguments.of(
                        new SSLException(
                                "x",
                                new CertificateRefusedException(CertificateProblem.CHAIN_TOO_LONG, "50 certificates")),
                        TlsFailure.CERTIFICATE),
                Arguments.of(unreadable(), TlsFailure.CERTIFICATE),
                Arguments.of(new IllegalStateException("a bug"), TlsFailure.OTHER));
    }

    /** Of a certificate that the native engine has not read before it asks for its form. */
    private static SSLException unreadable() {
        CertificateException unreadable = new CertificateException("unparseable extension");
        return new SSLException("General OpenSslEngine problem", new IllegalStateException(unreadable));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void is_known_by_type_or_by_words(Throwable failure, TlsFailure expected) {
        assertThat(TlsFailure.of(failure)).isEqualTo(expected);
        assertThat(TlsFailure.of(new DecoderException(failure)))
                .isEqualTo(
                        expected == TlsFailure.GONE && !(failure instanceof ClosedChannelException)
                                ? TlsFailure.OTHER
                                : expected);
    }

    @Test
    void does_not_go_in_circles() {
        Exception one = new Exception("one");
        Exception other = new Exception("other", one);
        one.initCause(other);

        assertThat(TlsFailure.of(one)).isEqualTo(TlsFailure.OTHER);
        assertThat(TlsFailure.of(null)).isEqualTo(TlsFailure.OTHER);
    }
}
