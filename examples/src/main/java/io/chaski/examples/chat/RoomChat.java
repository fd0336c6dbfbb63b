package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeId;
import io.chaski.core.Presence;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.examples.terminal.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A room is a topic for what is said, and one for those who are there. Who comes and goes is told by presence; who crashes has
 * left when nothing was heard of it for its lease.
 */
final class RoomChat implements Conversation {

    private static final String CLUSTER = "chat";

    /** Whoever is there answers within a fraction of it. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

    /** A screen. */
    private static final int SHOWN = 20;

    private static final int MOST_SHOWN = 1_000;

    private final ChaskiNode node;
    private final Topic<String> members;
    private final Terminal terminal;
    private final Voice voice;
    private final Wires wires;
    private final boolean isWired;
    private final Set<NodeId> told = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private RoomChat(ChaskiNode node, RoomOptions room, Terminal terminal) {
        this.node = node;
        this.members = room.members();
        this.terminal = terminal;
        this.wires = new Wires(node, room.join(), terminal);
        this.isWired = room.isWired();
        Lines lines = Lines.on(terminal);
        this.voice = room.keepIn()
                .<Voice>map(directory ->
                        KeptVoice.keep(node, room.said(), directory, room.copies(), this::author, lines, terminal))
                .orElseGet(() -> new LiveVoice(node, room.said(), this::author, lines, terminal));
    }

    static RoomChat enter(String name, Address listen, RoomOptions room, Terminal terminal)
            throws InterruptedException {
        NodeBuilder described = ChaskiNode.builder().name(name).cluster(CLUSTER).listen(listen);
        room.identityIn().ifPresent(described::dataDirectory);
        if (room.isWired()) {
            Wires.wired(described);
        } else {
            described.bootstrap(room.join().toArray(Address[]::new));
        }
        ChaskiNode node = described.start();
        boolean isIn = false;
        try {
            RoomChat chat = new RoomChat(node, room, terminal);
            Address here = room.isWired() ? listen : node.addresses().get(0);
            terminal.print(terminal.dim("room " + room.room() + "; "
                    + (here.port() == 0
                            ? "nobody can join here without --port"
                            : "others find it with --join " + here)));
            chat.begin(room.join());
            isIn = true;
            return chat;
        } finally {
            if (!isIn) {
                node.close();
            }
        }
    }

    private void begin(List<Address> join) throws InterruptedException {
        if (isWired) {
            wires.heal();
        }
        // #region room
        Subscription subscription = node.subscribe(members, this::onNotice); // ends with the node
        Presence presence = node.presence(members);
        presence.onJoined(this::onJoined);
        presence.onLeft(this::onLeft);
        presence.members().forEach(this::onJoined); // who came in between
        voice.begin(); // subscribes to what is said
        // #endregion
        if (!join.isEmpty() && !isWired) {
            awaitOthers(subscription, join);
        }
    }

    private void awaitOthers(Subscription subscription, List<Address> join) throws InterruptedException {
        try {
            subscription.awaitPaired(ANSWER_LIMIT);
        } catch (RequestTimeoutException nobody) {
            terminal.print("nobody of this room answers yet at " + join);
        }
    }

    // ---- who is there

    private void onNotice(Message<String> lastWord) {
        terminal.print(terminal.name(author(lastWord)) + terminal.dim(" is shutting down"));
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
        int count = node.presence(members).count();
        terminal.print(
                terminal.name(shown(member.id(), member.name())) + terminal.dim(" " + what + ", " + count + " online"));
    }

    private String author(Message<String> message) {
        return shown(message.origin(), message.originName());
    }

    /** Names may repeat, or look as if they did; then the id tells who it is. */
    private String shown(NodeId id, String name) {
        String likeness = Lines.likeness(name);
        boolean isShared = likeness.isEmpty()
                || node.presence(members).members().stream()
                        .anyMatch(member -> Lines.likeness(member.name()).equals(likeness)
                                && !member.id().equals(id));
        return isShared ? Lines.person(name) + " (" + id.shortForm() + ")" : Lines.person(name);
    }

    @Override
    public List<String> who() {
        return node.presence(members).members().stream()
                .map(member -> terminal.name(shown(member.id(), member.name())))
                .toList();
    }

    // ---- what is said

    @Override
    public void say(String text) {
        voice.say(text);
    }

    @Override
    public List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        commands.add(new Command("/history", "[NUMBER] shows what was said last", this::showHistory));
        if (isWired) {
            commands.add(new Command("/cut", "[NAME]... cuts the connections to these, or to all", wires::cut));
            commands.add(new Command("/heal", "connects again to those of --join", words -> wires.heal()));
        }
        return List.copyOf(commands);
    }

    private void showHistory(List<String> words) {
        int count = SHOWN;
        if (!words.isEmpty()) {
            try {
                count = Integer.parseInt(words.get(0));
            } catch (NumberFormatException e) {
                count = 0;
            }
        }
        if (count < 1 || count > MOST_SHOWN) {
            throw new IllegalArgumentException("1 to " + MOST_SHOWN + " of what was said can be shown");
        }
        voice.showHistory(count);
    }

    // ---- the end

    @Override
    public void shutDown() {
        close(true);
    }

    @Override
    public void close() {
        close(false);
    }

    private void close(boolean isTold) {
        if (isClosed.compareAndSet(false, true)) {
            if (isTold) {
                terminal.print("shutting down");
                node.publish(members, "shutting down");
            }
            wires.close();
            voice.close();
        }
        node.close(); // flushes what was said, and says goodbye; waits as well if another thread does so already
    }
}
