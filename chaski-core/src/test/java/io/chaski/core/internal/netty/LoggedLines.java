package io.chaski.core.internal.netty;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What one class logs during a test, instead of printing it. Not for several threads. */
public final class LoggedLines implements BeforeEachCallback, AfterEachCallback {

    private final Logger logger;
    private final Level level;
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    /**
     * Nothing yet.
     *
     * @param source whose logger
     * @param level the lowest that is kept
     */
    public LoggedLines(Class<?> source, Level level) {
        this.logger = (Logger) LoggerFactory.getLogger(source);
        this.level = level;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        logger.setLevel(level);
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    /** What there is so far. */
    public List<ILoggingEvent> all() {
        return appender.list;
    }
}
