package io.chaski.benchmarks.loopback;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.Configuration;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron over UDP. Each process embeds a media driver with one thread, as there are few processors, and one client. A single
 * receiver gets a unicast stream, several get one by multi-destination-cast whose flow control waits for the slowest of
 * them. Every receiver has a port and a thread that polls. A round trip has two streams: who answers is sent the requests, and whoever
 * asks joins its stream of answers by its control address.
 */
final class AeronContestant implements Contestant {

    /**
     * The driver reads as many sockets in turn and asks a selector when it has more. The selector that Aeron 1.44.1 looks
     * for is not in the Agrona of {@code pom.xml}, though Aeron's range admits it, so eight receivers must not need it.
     */
    static final List<String> FLAGS = List.of("-Dorg.agrona.transport.iteration.threshold=8");

    private static final int STREAM_ID = 1;
    private static final int ANSWERS_ID = 2;

    /** Between the two parts of the address of who answers. */
    private static final String SEPARATOR = "/";

    /** A test has both sides in one process. */
    private static final AtomicInteger LAUNCHED = new AtomicInteger();

    private static final String ANY_PORT = "127.0.0.1:0";

    /** A publisher may be half a term ahead, which is what the window lets through, with the headers of small messages. */
    private static final int TERM_BYTES = 4 << 20;

    /** The largest datagram; TCP sends as much at a time on loopback. */
    private static final int MTU_BYTES = Configuration.MAX_UDP_PAYLOAD_LENGTH;

    /** As the window of the benchmark: a receiver's socket has room for whatever is on the way. */
    private static final int RECEIVE_BYTES = Window.BYTES;

    /** The machine may be busy. */
    private static final long JOIN_NANOS = TimeUnit.SECONDS.toNanos(50);

    /** As long as the window waits for a receiver. */
    private static final long OFFER_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final MediaDriver driver;
    private final Aeron client;

    /** Launches the driver and connects the client. */
    AeronContestant() {
        int receiveBytes = receiveBytes();
        driver = MediaDriver.launch(new MediaDriver.Context()
                .aeronDirectoryName(CommonContext.getAeronDirectoryName() + "-benchmark-"
                        + ProcessHandle.current().pid() + "-" + LAUNCHED.incrementAndGet())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.SHARED)
                .sharedThreadFactory(new DefaultThreadFactory("driver", true))
                .publicationTermBufferLength(TERM_BYTES)
                .mtuLength(MTU_BYTES)
                .socketRcvbufLength(receiveBytes)
                .initialWindowLength(receiveBytes));
        client = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .threadFactory(new DefaultThreadFactory("client", true)));
    }

    /** What the system grants of {@link #RECEIVE_BYTES}; the driver refuses a window that is larger than the buffer. */
    private static int receiveBytes() {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
            return Math.min(RECEIVE_BYTES, probe.getOption(StandardSocketOptions.SO_RCVBUF));
        } catch (IOException e) {
            throw new UncheckedIOException("no socket to ask for the size of its buffer", e);
        }
    }

    /** The driver's default: spins and yields a few times, then sleeps for longer and longer, up to 1 ms. */
    static IdleStrategy idle() {
        return new BackoffIdleStrategy(
                Configuration.IDLE_MAX_SPINS,
                Configuration.IDLE_MAX_YIELDS,
                Configuration.IDLE_MIN_PARK_NS,
                Configuration.IDLE_MAX_PARK_NS);
    }

    @Override
    public Listening receiver(Tally tally) {
        Subscription subscription =
                client.addSubscription(channel().endpoint(ANY_PORT).build(), STREAM_ID);
        await(() -> subscription.resolvedEndpoint() != null, "port");
        String address = subscription.resolvedEndpoint();
        AgentRunner reader = start(new AeronReader(subscription, tally));
        return new Polled(address, reader);
    }

    /** Runs it on a thread of its own. */
    static AgentRunner start(Agent agent) {
        AgentRunner runner = new AgentRunner(
                idle(),
                error -> System.err.println("aeron: " + error),
                null, // nobody counts errors
                agent);
        AgentRunner.startOnThread(runner, new DefaultThreadFactory(agent.roleName(), true));
        return runner;
    }

    /** A receiving side with its thread. */
    private record Polled(String address, AgentRunner reader) implements Listening {

        @Override
        public void close() {
            reader.close();
        }
    }

    @Override
    public Listening echo() {
        return answering(request -> request);
    }

    /**
     * Listens on loopback, and answers what arrives on a thread of its own.
     *
     * @param answer to a request
     */
    Listening answering(UnaryOperator<byte[]> answer) {
        Subscription requests =
                client.addSubscription(channel().endpoint(ANY_PORT).build(), STREAM_ID);
        ExclusivePublication answers = client.addExclusivePublication(
                answers(ANY_PORT).minFlowControl(1, null).build(), ANSWERS_ID);
        await(() -> requests.resolvedEndpoint() != null, "port");
        await(() -> !answers.localSocketAddresses().isEmpty(), "port of answers");
        Sender sender = new Sender(answers, new UnsafeBuffer(), idle());
        AgentRunner reader = start(new AeronPoller(requests, request -> {
            if (!answers.isConnected()) {
                await(answers::isConnected, "caller"); // who asks can be a moment ahead
            }
            sender.send(answer.apply(request));
        }));
        String address = requests.resolvedEndpoint()
                + SEPARATOR
                + answers.localSocketAddresses().get(0);
        return new Polled(address, reader);
    }

    private static ChannelUriStringBuilder answers(String control) {
        return channel().controlEndpoint(control).controlMode(CommonContext.MDC_CONTROL_MODE_DYNAMIC);
    }

    @Override
    public AeronExchange roundTrip(String address) {
        String[] parts = address.split(SEPARATOR, -1);
        Subscription answers =
                client.addSubscription(answers(parts[1]).endpoint(ANY_PORT).build(), ANSWERS_ID);
        OneWay requests = oneWay(List.of(parts[0]));
        await(answers::isConnected, "answers");
        return new AeronExchange(requests, answers);
    }

    @Override
    public OneWay oneWay(List<String> addresses) {
        ExclusivePublication publication = publication(addresses);
        await(publication::isConnected, "subscribers");
        return new Sender(publication, new UnsafeBuffer(), idle());
    }

    private ExclusivePublication publication(List<String> addresses) {
        if (addresses.size() == 1) {
            return client.addExclusivePublication(
                    channel().endpoint(addresses.get(0)).build(), STREAM_ID);
        }
        String channel = channel()
                .controlMode(CommonContext.MDC_CONTROL_MODE_MANUAL)
                .minFlowControl(addresses.size(), null) // connected only while all of them are
                .build();
        ExclusivePublication publication = client.addExclusivePublication(channel, STREAM_ID);
        for (String address : addresses) {
            publication.addDestination(channel().endpoint(address).build());
        }
        return publication;
    }

    private static ChannelUriStringBuilder channel() {
        return new ChannelUriStringBuilder().media(CommonContext.UDP_MEDIA);
    }

    private static void await(BooleanSupplier condition, String what) {
        IdleStrategy idle = idle();
        long beganNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - beganNanos > JOIN_NANOS) {
                throw new IllegalStateException("aeron: no " + what + " in 50 s");
            }
            idle.idle();
        }
    }

    @Override
    public void close() {
        client.close();
        driver.close();
    }

    /** Confined to the sending thread. */
    private record Sender(ExclusivePublication publication, UnsafeBuffer buffer, IdleStrategy idle) implements OneWay {

        @Override
        public void send(byte[] message) {
            buffer.wrap(message);
            long position = publication.offer(buffer);
            if (position < 0) {
                offerAgain(position);
            }
        }

        private void offerAgain(long refusal) {
            long beganNanos = System.nanoTime();
            idle.reset();
            for (long position = refusal; position < 0; position = publication.offer(buffer)) {
                boolean mayPass = position == Publication.BACK_PRESSURED || position == Publication.ADMIN_ACTION;
                if (!mayPass || System.nanoTime() - beganNanos > OFFER_NANOS) {
                    throw new IllegalStateException("aeron: refused, " + Publication.errorString(position));
                }
                idle.idle();
            }
        }

        @Override
        public void close() {
            publication.close();
        }
    }
}
