package io.chaski.examples.chat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.Topic;
import io.chaski.examples.terminal.Terminal;
import io.chaski.streamer.Acknowledgement;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.DurableOptions;
import io.chaski.streamer.DurableSubscription;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.HistoryFrom;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is said is kept by each member, so that whoever was away gets what it has missed, from anybody. */
final class KeptVoice implements Voice {

    /** What is older has its time in front. */
    private static final Duration NOW = Duration.ofMinutes(1);

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final ChaskiNode node;
    private final DurableTopic<String> topic;
    private final int copies;
    private final Function<Message<String>, String> people;
    private final Lines lines;
    private final Terminal terminal;
    private final Arrivals arrivals = new Arrivals();
    private final ScheduledExecutorService showing = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "showing");
        thread.setDaemon(true);
        return thread;
    });

    /** Completes when it is known what became of all that was said. Guarded by this. */
    private CompletableFuture<Void> unanswered = CompletableFuture.completedFuture(null);

    /** The last one that was shown, by the order of the history. Of the thread that shows. */
    private @Nullable Message<String> latest;

    /**
     * A voice.
     *
     * @param topic is kept by this member, and is closed with the voice
     * @param copies how many members must have what is said
     * @param people what the author of a message is called
     */
    KeptVoice(
            ChaskiNode node,
            DurableTopic<String> topic,
            int copies,
            Function<Message<String>, String> people,
            Lines lines,
            Terminal terminal) {
        this.node = node;
        this.topic = topic;
        this.copies = copies;
        this.people = people;
        this.lines = lines;
        this.terminal = terminal;
    }

    /**
     * Keeps a topic.
     *
     * @param directory of this member, for this topic
     * @param copies how many members must have what is said
     * @param people what the author of a message is called
     * @throws io.chaski.streamer.TopicStoreException if the directory cannot be used
     */
    static KeptVoice keep(
            ChaskiNode node,
            Topic<String> topic,
            Path directory,
            int copies,
            Function<Message<String>, String> people,
            Lines lines,
            Terminal terminal) {
        // #region keep
        DurableTopic<String> kept = ChaskiStreamer.on(node)
                .durable(
                        topic,
                        DurableOptions.builder()
                                .keepIn(directory)
                                .replicas(copies)
                                .build());
        // #endregion
        return new KeptVoice(node, kept, copies, people, lines, terminal);
    }

    @Override
    public void begin() {
        // #region follow
        DurableSubscription subscription = topic.subscribe(
                node.name(),
                delivery -> onMessage(delivery.message()),
                gap -> terminal.print(terminal.dim(gap.count() + " messages are not kept any more")));
        // #endregion
        var unused = subscription.closed().whenComplete((ended, failure) -> {
            if (failure != null) {
                terminal.print("nothing more is heard: " + reason(failure));
            }
        });
    }

    private static String reason(Throwable failure) {
        return Terminal.printable(String.valueOf(failure.getMessage()));
    }

    private void onMessage(Message<String> message) {
        boolean isOwn = message.origin().equals(node.id()) && message.epoch() == node.epoch();
        if (!isOwn) {
            arrivals.add(message, System.nanoTime());
            showLater();
        }
    }

    private void showLater() {
        var unused = showing.schedule(
                this::showIfDue, arrivals.due(System.nanoTime()).toNanos(), TimeUnit.NANOSECONDS);
    }

    private void showIfDue() {
        if (arrivals.due(System.nanoTime()).isZero()) { // or another one has come, and is shown with these
            showAll();
        }
    }

    private void showAll() {
        Arrivals.Batch batch = arrivals.take();
        if (batch.leftOut() > 0) {
            terminal.print(terminal.dim(batch.leftOut() + " more were said before: /history"));
        }
        batch.messages().forEach(this::show);
    }

    private void show(Message<String> message) {
        Message<String> last = latest;
        boolean isLate = last != null && Arrivals.ORDER.compare(message, last) < 0;
        Instant when = message.timestamp().instant();
        boolean isOld = when.isBefore(Instant.now().minus(NOW));
        String person = people.apply(message);
        terminal.print(
                isLate || isOld ? lines.said(when, person, message.payload()) : lines.said(person, message.payload()));
        if (!isLate) {
            latest = message;
        }
    }

    @Override
    public synchronized void say(String text) {
        unanswered = CompletableFuture.allOf(unanswered, topic.publish(text).thenAccept(this::onAnswer));
    }

    private void onAnswer(Acknowledgement answer) {
        if (answer.status() == Acknowledgement.Status.NO_KEEPER) {
            terminal.print("not said: fewer than " + copies + " members that keep can be reached");
        } else if (!answer.isKept()) {
            terminal.print("not kept: " + answer.status());
        }
    }

    private synchronized CompletableFuture<Void> unanswered() {
        return unanswered;
    }

    @Override
    public void showHistory(int count) {
        var unused = history(HistoryFrom.last(count), count, new ArrayList<>()).handle((all, failure) -> {
            if (failure != null) {
                terminal.print("no history: " + reason(failure));
            } else {
                List<String> shown =
                        new ArrayList<>(List.of(terminal.dim("the last " + all.size() + " that are kept:")));
                shown.addAll(all);
                terminal.print(shown);
            }
            return null;
        });
    }

    /** What is large comes in several pages, of which only the lines that are shown are held. */
    private CompletableFuture<List<String>> history(HistoryFrom from, int count, List<String> before) {
        return topic.history(from, count).thenCompose(page -> {
            page.forEach(
                    each -> before.add(lines.said(each.timestamp().instant(), people.apply(each), each.payload())));
            return page.isEmpty() || page.size() == count
                    ? CompletableFuture.completedFuture(before)
                    : history(HistoryFrom.after(page.get(page.size() - 1)), count - page.size(), before);
        });
    }

    @Override
    public void close() {
        unanswered()
                .copy()
                .completeOnTimeout(null, LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        topic.close(); // nothing arrives any more
        showing.execute(this::showAll);
        showing.shutdown();
        try {
            var unused = showing.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
