package io.chaski.core.hostile;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** Everything that the library logs, down to TRACE, while it is started. Thread-safe. */
final class CapturedLog extends AppenderBase<ILoggingEvent> {

    /** What a reader of the log sees, without the time. */
    record Line(Level level, String text, long millis) {}

    /** Ten seconds less what the clocks of the log and of the limit may differ by. */
    private static final long INTERVAL_MILLIS = 9_900;

    private static final int MOST_EDGES = 32;
    private static final Pattern EDGE = Pattern.compile("(node \\S+: edge to) .* is (up|down).*");

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

    /**
     * Lines that a reader sees who does not debug and that came too often: the same text, whatever ports, ids and counts
     * stand in it, twice in ten seconds; or more than 32 edges of a node that came or went in that time.
     */
    List<String> floods() {
        Map<String, List<Line>> kinds = new TreeMap<>();
        for (Line line : lines) {
            if (line.level().isGreaterOrEqual(Level.INFO)) {
                kinds.computeIfAbsent(kindOf(line.text()), unused -> new ArrayList<>())
                        .add(line);
            }
        }
        List<String> floods = new ArrayList<>();
        kinds.forEach((kind, of) -> {
            int most = kind.contains("edge to") ? MOST_EDGES : 1;
            for (int i = most; i < of.size(); i++) {
                if (of.get(i).millis() - of.get(i - most).millis() < INTERVAL_MILLIS) {
                    floods.add(of.get(i).text());
                }
            }
        });
        return floods;
    }

    private static String kindOf(String text) {
        Matcher edge = EDGE.matcher(text);
        return edge.matches()
                ? edge.group(1) + edge.group(2)
                : text.replaceAll(" \\(\\d+ more like this were not logged\\)", "")
                        .replaceAll(":\\d+", ":port")
                        .replaceAll("\\b(?!127\\.0\\.0\\.1\\b)[0-9a-f]*\\d[0-9a-f]*\\b", "#");
    }

    @Override
    protected void append(ILoggingEvent event) {
        String stack = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        lines.add(new Line(event.getLevel(), event.getFormattedMessage() + stack, event.getTimeStamp()));
    }
}
