package io.chaski.core.hostile;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Everything that the library logs, down to TRACE, while it is started. Thread-safe. */
final class CapturedLog extends AppenderBase<ILoggingEvent> {

    /** What a reader of the log sees, without the time. */
    record Line(Level level, String text) {}

    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.chaski");

    @Override
    public void start() {
        setContext(logger.getLoggerContext());
        super.start();
        logger.setLevel(Level.TRACE);
        logger.setAdditive(false);
        logger.addAppender(this);
    }

    @Override
    public void stop() {
        logger.detachAppender(this);
        logger.setLevel(null);
        logger.setAdditive(true);
        super.stop();
    }

    void clear() {
        lines.clear();
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }

    /** Text of the lines that somebody should be woken for. */
    List<String> errors() {
        return lines.stream()
                .filter(line -> line.level() == Level.ERROR)
                .map(Line::text)
                .toList();
    }

    /** Text of the lines that say that a peer or the world misbehaves. */
    List<String> warnings() {
        return lines.stream()
                .filter(line -> line.level() == Level.WARN)
                .map(Line::text)
                .toList();
    }

    @Override
    protected void append(ILoggingEvent event) {
        String stack = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        lines.add(new Line(event.getLevel(), event.getFormattedMessage() + stack));
    }
}
