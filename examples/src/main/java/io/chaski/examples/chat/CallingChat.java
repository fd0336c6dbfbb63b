package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.Topology;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamOptions;
import io.chaski.examples.terminal.Terminal;
import io.chaski.examples.terminal.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/** The one of two who comes to the other. The talk is over when the other one is gone. */
final class CallingChat implements Conversation {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ChaskiNode node;
    private final Stream stream;
    private final Talk talk;
    private final Terminal terminal;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private CallingChat(ChaskiNode node, Stream stream, Talk talk, Terminal terminal) {
        this.node = node;
        this.stream = stream;
        this.talk = talk;
        this.terminal = terminal;
    }

    /**
     * Goes to the other one, and waits until it has time.
     *
     * @param end called when the talk is over by the other one
     * @throws io.chaski.core.ConnectFailedException if nobody is there
     * @throws io.chaski.core.stream.StreamException if it talks to somebody else
     */
    static CallingChat open(String name, Address address, Terminal terminal, Runnable end) throws InterruptedException {
        ChaskiNode node = ChaskiNode.builder()
                .name(name)
                .cluster(WaitingChat.CLUSTER)
                .topology(Topology.MANUAL)
                .listenNowhere()
                .start();
        boolean isOpen = false;
        try {
            Edge edge = await(node.connect(address));
            Talk talk = new Talk(edge.name(), terminal, end);
            Stream stream = await(node.streams().open(edge.peer(), Talk.PROTOCOL, StreamOptions.DEFAULTS, talk));
            await(talk.accepted());
            terminal.print(terminal.dim("talking to ") + talk.other());
            isOpen = true;
            return new CallingChat(node, stream, talk, terminal);
        } finally {
            if (!isOpen) {
                node.close();
            }
        }
    }

    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        return Waiting.await(answer, LIMIT, "the other one");
    }

    @Override
    public void say(String text) {
        talk.say(stream, text);
    }

    @Override
    public List<String> who() {
        return List.of(terminal.name(node.name()), talk.other());
    }

    @Override
    public void shutDown() {
        close(Talk::shutDown);
    }

    @Override
    public void close() {
        close(Talk::leave);
    }

    private void close(BiConsumer<Talk, Stream> goodbye) {
        if (isClosed.compareAndSet(false, true)) {
            goodbye.accept(talk, stream);
        }
        node.close(); // waits as well if another thread does so already
    }
}
