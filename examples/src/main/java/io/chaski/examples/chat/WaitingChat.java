package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.Topology;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamListener;
import io.chaski.examples.terminal.Terminal;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The one of two who waits: for one other at a time, and for the next when that one has left. */
final class WaitingChat implements Conversation {

    static final String CLUSTER = "chat-pair";

    private final ChaskiNode node;
    private final Terminal terminal;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private @Nullable Present present;

    /** The other one, while it is here. */
    private record Present(Stream stream, Talk talk) {}

    private WaitingChat(ChaskiNode node, Terminal terminal) {
        this.node = node;
        this.terminal = terminal;
    }

    static WaitingChat open(String name, Address address, Terminal terminal) {
        ChaskiNode node = ChaskiNode.builder()
                .name(name)
                .cluster(CLUSTER)
                .topology(Topology.MANUAL)
                .listen(address)
                .start();
        WaitingChat chat = new WaitingChat(node, terminal);
        node.streams().serve(Talk.PROTOCOL, chat::onStream); // ends with the node
        Address here = node.addresses().get(0);
        terminal.print(terminal.dim("waiting at --ip " + here.host() + " --port " + here.port()));
        return chat;
    }

    private synchronized StreamListener onStream(Stream asked) {
        String name =
                node.edge(asked.peer()).map(Edge::name).orElse(asked.peer().shortForm());
        if (present != null) {
            asked.reset(StreamCode.REFUSED, "two are talking already");
            terminal.print(terminal.name(Lines.person(name)) + terminal.dim(" was told that the chat is full"));
            return (refused, message) -> {};
        }
        Talk talk = new Talk(name, terminal, () -> present(null));
        present = new Present(asked, talk);
        talk.accept(asked);
        terminal.print(talk.other() + terminal.dim(" has come"));
        return talk;
    }

    private synchronized void present(@Nullable Present now) {
        present = now;
    }

    private synchronized @Nullable Present present() {
        return present;
    }

    @Override
    public void say(String text) {
        Present to = present();
        if (to == null) {
            terminal.print(terminal.dim("nobody else is here"));
        } else {
            to.talk().say(to.stream(), text);
        }
    }

    @Override
    public List<String> who() {
        String self = terminal.name(node.name());
        Present now = present();
        return now == null ? List.of(self) : List.of(self, now.talk().other());
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
            Present now = present();
            if (now != null) {
                goodbye.accept(now.talk(), now.stream());
            }
        }
        node.close(); // waits as well if another thread does so already
    }
}
