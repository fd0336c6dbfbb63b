package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.chaski.core.NodeEvent.DialFailure;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SocketDialTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(SocketDial.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void capture() {
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void release() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void the_log_has_the_exception_of_a_failure_without_a_name() {
        assertThat(SocketDial.failureOf(new IOException("strange"))).isEqualTo(DialFailure.OTHER);
        assertThat(SocketDial.failureOf(new IllegalStateException("stranger"))).isEqualTo(DialFailure.OTHER);

        assertThat(appender.list)
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
        assertThat(appender.list).isEmpty();
    }
}
