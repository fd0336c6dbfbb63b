package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.chaski.core.NodeEvent.DialFailure;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SocketDialTest {

    @RegisterExtension
    final LoggedLines logged = new LoggedLines(SocketDial.class, Level.DEBUG);

    @Test
    void the_log_has_the_exception_of_a_failure_without_a_name() {
        assertThat(SocketDial.failureOf(new IOException("strange"))).isEqualTo(DialFailure.OTHER);
        assertThat(SocketDial.failureOf(new IllegalStateException("stranger"))).isEqualTo(DialFailure.OTHER);

        assertThat(logged.all())
                .extracting(line -> line.getThrowableProxy() == null
                        ? "no exception"
                        : line.getThrowableProxy().getMessage())
                .containsExactly("strange", "stranger");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection refused", "No such file or directory"})
    void a_failure_with_a_name_is_not_logged(String message) {
        assertThat(SocketDial.failureOf(new IOException(message))).isEqualTo(DialFailure.REFUSED);
        assertThat(SocketDial.failureOf(new ConnectException(message))).isEqualTo(DialFailure.REFUSED);
        assertThat(logged.all()).isEmpty();
    }
}
