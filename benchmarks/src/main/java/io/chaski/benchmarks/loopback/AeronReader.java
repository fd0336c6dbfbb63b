package io.chaski.benchmarks.loopback;

import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.Header;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;

/**
 * Polls a subscription; counts and checks messages where they are, without a copy except that large ones are put together.
 * Confined to the thread of its runner.
 */
final class AeronReader implements Agent {

    /** In one poll: what arrives in a few large datagrams, while the position moves on often enough for the sender. */
    private static final int FRAGMENTS = 64;

    private final Subscription subscription;
    private final Tally tally;
    private final FragmentAssembler assembler = new FragmentAssembler(this::onMessage);

    AeronReader(Subscription subscription, Tally tally) {
        this.subscription = subscription;
        this.tally = tally;
    }

    @Override
    public int doWork() {
        return subscription.poll(assembler, FRAGMENTS);
    }

    private void onMessage(DirectBuffer data, int at, int length, Header header) {
        if (length == tally.bytes()) {
            tally.onMessage(
                    data.getLong(at, ByteOrder.BIG_ENDIAN),
                    Numbered.isWhole(length, index -> data.getLong(at + index, ByteOrder.BIG_ENDIAN)));
        } else {
            tally.onMisfit();
        }
    }

    @Override
    public void onClose() {
        subscription.close();
    }

    @Override
    public String roleName() {
        return "reader";
    }
}
