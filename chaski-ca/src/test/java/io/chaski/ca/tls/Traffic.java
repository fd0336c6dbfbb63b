package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Messages that must not be missed, from one neighbour to another: some are under way at every moment until it ends. */
public final class Traffic {

    private static final Topic<String> TEXT = Topic.text("t");

    /** Enough that there are some on both connections when one takes over from the other. */
    private static final int WINDOW = 16;

    private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> sent = new ArrayList<>(); // of the publisher's thread until it has ended
    private final Semaphore window = new Semaphore(WINDOW);
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final ChaskiNode from;
    private final Thread publisher = new Thread(this::publish, "traffic");

    private Traffic(ChaskiNode from) {
        this.from = from;
    }

    /** Begins. */
    public static Traffic between(ChaskiNode from, ChaskiNode to) {
        Traffic traffic = new Traffic(from);
        to.subscribe(
                TEXT,
                message -> traffic.hear(message.payload()),
                SubscribeOptions.builder().overflow(OverflowPolicy.BLOCK).build());
        from.subscribe(TEXT, message -> {});
        TlsNodes.await("paired", () -> from.isPaired(TEXT));
        traffic.publisher.setDaemon(true);
        traffic.publisher.start();
        return traffic;
    }

    private void hear(String text) {
        heard.add(Integer.parseInt(text.strip()));
        window.release();
    }

    private void publish() {
        String padding = " ".repeat(1000);
        int number = 0;
        while (!isOver.get()) {
            try {
                if (!window.tryAcquire(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    return; // the missing message shows in the comparison
                }
            } catch (InterruptedException e) {
                return;
            }
            from.publish(TEXT, number + padding);
            sent.add(number++);
        }
    }

    /** Ends; returns how many messages there were. Each has come once, and in order. */
    public int end() throws InterruptedException {
        isOver.set(true);
        publisher.join(TlsNodes.LIMIT.toMillis());
        assertThat(publisher.isAlive()).isFalse();
        TlsNodes.await("all messages", () -> heard.size() >= sent.size());
        assertThat(heard).isEqualTo(sent);
        return sent.size();
    }
}
