package io.chaski.examples.chat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.examples.terminal.Terminal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/** What is said is heard by those who are there, and kept by nobody. */
final class LiveVoice implements Voice {

    /** What this member remembers of what it has heard and said. */
    private static final int REMEMBERED = 200;

    private final ChaskiNode node;
    private final Topic<String> topic;
    private final Function<Message<String>, String> people;
    private final Lines lines;
    private final Terminal terminal;

    /** Guarded by itself. */
    private final Deque<String> remembered = new ArrayDeque<>();

    /**
     * A voice.
     *
     * @param people what the author of a message is called
     */
    LiveVoice(
            ChaskiNode node,
            Topic<String> topic,
            Function<Message<String>, String> people,
            Lines lines,
            Terminal terminal) {
        this.node = node;
        this.topic = topic;
        this.people = people;
        this.lines = lines;
        this.terminal = terminal;
    }

    @Override
    public void begin() {
        node.subscribe(topic, this::onMessage); // ends with the node
    }

    private void onMessage(Message<String> message) {
        String person = people.apply(message);
        remember(lines.said(message.timestamp().instant(), person, message.payload()));
        terminal.print(lines.said(person, message.payload()));
    }

    @Override
    public void say(String text) {
        Receipt receipt = node.publish(topic, text);
        if (receipt.isRejected()) {
            terminal.print("not sent: " + receipt.status());
            return;
        }
        remember(lines.said(Instant.now(), Lines.person(node.name()), text));
        if (receipt.status() == Receipt.Status.KEPT) {
            terminal.print(terminal.dim("nobody else is here"));
        }
    }

    private void remember(String line) {
        synchronized (remembered) {
            remembered.add(line);
            if (remembered.size() > REMEMBERED) {
                remembered.remove();
            }
        }
    }

    @Override
    public void showHistory(int count) {
        List<String> all;
        synchronized (remembered) {
            all = List.copyOf(remembered);
        }
        List<String> last = all.subList(Math.max(0, all.size() - count), all.size());
        List<String> shown =
                new ArrayList<>(List.of(terminal.dim("the last " + last.size() + " that were heard here:")));
        shown.addAll(last);
        terminal.print(shown);
    }

    @Override
    public void close() {
        // the node flushes what was said
    }
}
