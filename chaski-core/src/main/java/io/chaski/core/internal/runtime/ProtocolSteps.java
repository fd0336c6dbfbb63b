package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.Computation;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes the steps of a node's protocol on its loop: inputs in with the time, outputs carried out, the next tick armed. A step
 * that fails is logged and ends nothing else. Confined to the loop once it is made.
 */
final class ProtocolSteps implements Inbox.Drainer {

    private static final Logger LOG = LoggerFactory.getLogger(ProtocolSteps.class);

    private final String nodeName;
    private final TaskLoop loop;
    private final Transports transports;
    private final Turn turn;
    private final LogLimiter log;
    private final Computations computations;
    private final Links links;
    private final NodeProtocol protocol;
    private final LoopPublisher publisher;
    private final Ticker ticker;

    /**
     * Makes the protocol and connects it with the transports.
     *
     * @param inbox where publishers wait for room
     * @param application hears what the protocol reports
     */
    ProtocolSteps(
            String nodeName,
            @Nullable LiveSecurity security,
            RuntimeEnvironment environment,
            RuntimeEnvironment.Host host,
            Ports ports,
            Inbox inbox,
            Application application,
            NodeRuntime.ProtocolFactory factory) {
        this.nodeName = nodeName;
        this.loop = host.loop();
        this.transports = host.transports();
        this.turn = new Turn(loop, this::endTurn);
        this.log = new LogLimiter(nodeName, loop::nanoTime);
        this.computations = new Computations(nodeName, this::onComputed);
        this.links = new Links(
                turn,
                transports,
                ports.datagrams(),
                ports.datagramAddresses(),
                ports.lan(),
                application,
                this::onPublishable,
                computations,
                security == null ? null : new JdkOriginKeys(security),
                log);
        this.protocol = factory.create(ports.addresses(), links, environment.newRandom());
        this.publisher = new LoopPublisher(nodeName, protocol, turn, application, log, inbox, this::executeLater);
        this.ticker = new Ticker(loop, protocol::nextDeadlineNanos, this::onTick);
        links.use(protocol);
    }

    /** Starts the protocol and lets others in. */
    void start(Ports ports, long wallClockMillis) {
        protocol.start(turn.begin(), wallClockMillis);
        ports.listeners().forEach(listener -> listener.accept(links));
        ports.datagrams().forEach(port -> port.receive(links));
        ports.lan().receive(links);
    }

    @Override
    public void onTask(NodeLoop.Task task) {
        try {
            task.run(protocol, turn.begin());
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "command", "", "a command failed", bug);
        }
    }

    @Override
    public void onPublish(
            String topic,
            int channel,
            int hopLimit,
            boolean live,
            ArrayPayload body,
            @Nullable Consumer<PublishOutcome> done) {
        publisher.publish(topic, channel, hopLimit, live, body, done);
    }

    /** See {@link NodeLoop#atEndOfTurn}. */
    void atEndOfTurn(Runnable task) {
        turn.atEnd(task);
    }

    /** Topics on which something is owed to others. */
    List<String> owing() {
        Set<String> topics = new TreeSet<>(publisher.holding());
        try {
            topics.addAll(protocol.owing(turn.begin()));
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "owing", "", "asking what is owed failed", bug);
        }
        return List.copyOf(topics);
    }

    /**
     * Says goodbye and closes everything. No step is taken afterwards but those that connections cause until they are closed.
     *
     * @param then runs on the loop when they are
     */
    void leave(Runnable then) {
        publisher.giveUp();
        try {
            protocol.leave(turn.begin());
        } catch (Throwable bug) { // the loop's last line of defence
            LOG.error("node {}: leaving failed; its peers will notice by silence", nodeName, bug);
        }
        links.flush();
        computations.close();
        abandon(then);
    }

    /**
     * Closes everything without a word.
     *
     * @param then runs on the loop when that is done
     */
    void abandon(Runnable then) {
        ticker.stop();
        transports.close(then);
    }

    private void endTurn() {
        links.flush();
        ticker.arm();
    }

    private void onTick(long nowNanos) {
        turn.begin();
        try {
            protocol.onTick(nowNanos);
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "timer", "", "a timer failed", bug);
        }
    }

    /** The protocol calls this in the middle of something else, so what follows comes later. */
    private void onPublishable(String topic) {
        executeLater(() -> publisher.onPublishable(topic));
    }

    /** Called by a thread that computes. */
    private void onComputed(Computation computation) {
        executeLater(() -> {
            long now = turn.begin();
            try {
                protocol.onComputed(computation, now);
            } catch (Throwable bug) { // the loop's last line of defence
                log.write(LOG, Level.ERROR, "computed", "", "using what was computed failed", bug);
            }
        });
    }

    /** After leaving, nothing touches the protocol. */
    private void executeLater(Runnable task) {
        loop.execute(() -> {
            if (!ticker.isStopped()) {
                task.run();
            }
        });
    }
}
