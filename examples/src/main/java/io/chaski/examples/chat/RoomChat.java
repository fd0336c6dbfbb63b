package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.Presence;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.examples.terminal.Terminal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A room is a topic: whoever subscribes is in it, and hears everybody but itself. Who comes and goes is told by presence; who
 * crashes has left when nothing was heard of it for {@link Presence#LEASE}.
 */
final class RoomChat implements Conversation {

    private static final String CLUSTER = "chat";

    /** A header of the last word of somebody whose program is made to end. */
    private static final String NOTICE = "notice";

    private static final String SHUTDOWN = "shutdown";

    private final ChaskiNode node;
    private final Topic<String> topic;
    private final Presence presence;
    private final Terminal terminal;
    private final Set<NodeId> told = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isClosed = new AtomicBoolean();

    // #region room
    private RoomChat(ChaskiNode node, String room, Terminal terminal) {
        this.node = node;
        this.terminal = terminal;
        this.topic = Topic.text("rooms/" + room).presence(true);
        node.subscribe(topic, this::onMessage); // ends with the node
        this.presence = node.presence(topic);
        presence.onJoined(this::onJoined);
        presence.onLeft(this::onLeft);
        presence.members().forEach(this::onJoined); // who came in between
    }
    // #endregion

    static RoomChat enter(String name, String room, Address listen, List<Address> join, Terminal terminal) {
        ChaskiNode node = ChaskiNode.builder()
                .name(name)
                .cluster(CLUSTER)
                .listen(listen)
                .bootstrap(join.toArray(Address[]::new))
                .start();
        RoomChat chat = new RoomChat(node, room, terminal);
        terminal.print(terminal.dim("room " + room + "; others find it with --join "
                + node.addresses().get(0)));
        return chat;
    }

    private void onMessage(Message<String> message) {
        String name = terminal.name(shown(message.origin(), message.originName()));
        if (SHUTDOWN.equals(message.headers().get(NOTICE))) {
            terminal.print(name + terminal.dim(" is shutting down"));
        } else {
            terminal.print(name + ": " + Terminal.printable(message.payload()));
        }
    }

    private void onJoined(Presence.Member member) {
        if (!member.id().equals(node.id()) && told.add(member.id())) {
            tell(member, "joined");
        }
    }

    private void onLeft(Presence.Member member) {
        if (told.remove(member.id())) {
            tell(member, "left");
        }
    }

    private void tell(Presence.Member member, String what) {
        terminal.print(terminal.name(shown(member.id(), member.name()))
                + terminal.dim(" " + what + ", " + presence.count() + " online"));
    }

    /** Names may repeat; then the id tells who it is. */
    private String shown(NodeId id, String name) {
        boolean isShared = presence.members().stream()
                .anyMatch(member -> member.name().equals(name) && !member.id().equals(id));
        return isShared ? name + " (" + id.shortForm() + ")" : name;
    }

    @Override
    public void say(String text) {
        Receipt receipt = node.publish(topic, text);
        if (receipt.isRejected()) {
            terminal.print("not sent: " + receipt.status());
        } else if (receipt.status() == Receipt.Status.KEPT) {
            terminal.print(terminal.dim("nobody else is here"));
        }
    }

    @Override
    public List<String> who() {
        return presence.members().stream()
                .map(member -> terminal.name(shown(member.id(), member.name())))
                .toList();
    }

    @Override
    public void shutDown() {
        if (isClosed.compareAndSet(false, true)) {
            terminal.print("shutting down");
            node.publish(
                    topic, "", PublishOptions.builder().header(NOTICE, SHUTDOWN).build());
        }
        node.close(); // flushes what was said, and says goodbye; waits as well if another thread does so already
    }

    @Override
    public void close() {
        isClosed.set(true);
        node.close();
    }
}
