package io.chaski.core.internal.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.chaski.core.internal.netty.LoggedLines;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.Credentials;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TlsEngineTest {

    @RegisterExtension
    final LoggedLines logged = new LoggedLines(TlsEngine.class, Level.INFO);

    private final List<Object> tried = new ArrayList<>();

    private void works(TlsEngine engine, Credentials credentials) {
        tried.add(engine);
        tried.add(credentials);
    }

    private static TlsEngine choose(Throwable missing, TlsEngine.Trial trial) {
        return TlsEngine.best(StoredCredentials.P256, missing, trial);
    }

    private List<String> lines() {
        return logged.all().stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Nested
    class The_native_library {
        @Test
        void is_taken_if_it_works_with_the_key_of_the_node_and_the_log_says_so() {
            assertThat(choose(null, TlsEngineTest.this::works)).isEqualTo(TlsEngine.NATIVE);

            assertThat(tried).containsExactly(TlsEngine.NATIVE, StoredCredentials.P256);
            assertThat(lines()).singleElement().asString().startsWith("TLS is done by the native library, ");
        }

        @Test
        void that_is_not_there_is_no_news() {
            assertThat(choose(new ClassNotFoundException("io.netty.internal.tcnative.SSL"), TlsEngineTest.this::works))
                    .isEqualTo(TlsEngine.JDK);

            assertThat(tried).isEmpty();
            assertThat(lines()).containsExactly("TLS is done by the JDK");
        }

        @Test
        void that_does_not_load_is_left_alone_and_the_log_says_why() {
            assertThat(choose(new UnsatisfiedLinkError("no libcrypt.so.1"), TlsEngineTest.this::works))
                    .isEqualTo(TlsEngine.JDK);

            assertThat(tried).isEmpty();
            assertThat(lines())
                    .containsExactly("TLS is done by the JDK, because the native library does not load:"
                            + " java.lang.UnsatisfiedLinkError: no libcrypt.so.1");
        }

        /** Of another version than Netty it loads, and fails when it is used. */
        @Test
        void that_fails_in_a_handshake_is_left_alone_and_the_log_says_why() {
            TlsEngine withoutMethod = choose(null, (engine, credentials) -> {
                throw new NoSuchMethodError("SSLContext.setNumTickets");
            });
            TlsEngine withoutKey = choose(null, (engine, credentials) -> {
                throw new SSLException("no such curve");
            });

            assertThat(List.of(withoutMethod, withoutKey)).containsOnly(TlsEngine.JDK);
            assertThat(lines())
                    .containsExactly(
                            "TLS is done by the JDK, because the native library fails:"
                                    + " java.lang.NoSuchMethodError: SSLContext.setNumTickets",
                            "TLS is done by the JDK, because the native library fails:"
                                    + " javax.net.ssl.SSLException: no such curve");
        }
    }

    /** What the trial is outside of tests. */
    @Nested
    class A_handshake_with_itself {
        @Test
        void succeeds_with_an_engine_that_can_use_the_key() {
            assertThatCode(() -> SelfTest.run(TlsEngine.JDK, StoredCredentials.P256))
                    .doesNotThrowAnyException();
        }

        @Test
        void fails_with_a_key_that_no_node_would_accept() {
            assertThatThrownBy(() -> SelfTest.run(TlsEngine.JDK, StoredCredentials.P521))
                    .hasRootCauseInstanceOf(CertificateRefusedException.class);
        }
    }
}
