package io.chaski.benchmarks.loopback;

import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.Header;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;

/** Polls a subscription and copies what arrives. Confined to the thread of its runner, or to who polls. */
final class AeronPoller implements Agent {

    /** In one poll: all answers that a load of calls waits for. */
    private static final int FRAGMENTS = 64;

    private final Subscription subscription;
    private final Consumer<byte[]> consumer;
    private final FragmentAssembler assembler = new FragmentAssembler(this::onMessage);

    /**
     * Has polled nothing.
     *
     * @param subscription closed with it by a runner
     * @param consumer of each message
     */
    AeronPoller(Subscription subscription, Consumer<byte[]> consumer) {
        this.subscription = subscription;
        this.consumer = consumer;
    }

    @Override
    public int doWork() {
        return subscription.poll(assembler, FRAGMENTS);
    }

    private void onMessage(DirectBuffer data, int at, int length, Header header) {
        byte[] message = new byte[length];
        data.getBytes(at, message);
        consumer.accept(message);
    }

    @Override
    public void onClose() {
        subscription.close();
    }

    @Override
    public String roleName() {
        return "poller";
    }
}
