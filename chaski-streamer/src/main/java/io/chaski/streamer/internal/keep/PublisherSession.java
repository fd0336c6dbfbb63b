package io.chaski.streamer.internal.keep;

import io.chaski.streamer.internal.durable.Holding;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A publisher hears what is kept of its messages, many in one frame, and brings those that the topic has lost. */
final class PublisherSession extends KeeperSession {

    /** As many as one window of a stream holds, of the smallest messages; who does not listen to refusals hears no more. */
    private static final int MAX_UNSAID = 8_192;

    private final Map<Long, Sequences> unsaid = new LinkedHashMap<>();
    private final Deque<KeeperFrame.Refused> refused = new ArrayDeque<>();

    PublisherSession(Keeper keeper, Line line) {
        super(keeper, line, Role.PUBLISH);
    }

    /** Says what there is of its latest incarnations, and that it is there. */
    @Override
    void onBegin() {
        Map<Source, Holding> holdings =
                keeper.store().holdings(); // a store that has failed is none, and does not seem to be one
        boolean isSaid = line.offer(new KeeperFrame.Kept(keeper.store().id(), 0, Sequences.NONE));
        if (!isSaid) {
            refuse("a stream without room");
            return;
        }
        for (Map.Entry<Source, Holding> each : holdings.entrySet()) {
            if (each.getKey().origin().equals(line.peer())) {
                unsaid.put(each.getKey().epoch(), each.getValue().kept().highest(KeeperFrame.MAX_INTERVALS));
            }
        }
        unsaid.values().removeIf(Sequences::isEmpty);
        pump();
    }

    @Override
    void onKept(Source source, Sequences sequences) {
        if (source.origin().equals(line.peer())) {
            unsaid.merge(source.epoch(), sequences, Sequences::plus);
        }
    }

    @Override
    void onTurn(KeeperFrame frame, Runnable taken) {
        if (!(frame instanceof KeeperFrame.Messages messages)) {
            refuse("not what a publisher says");
            return;
        }
        List<CompletableFuture<Void>> appended =
                messages.items().stream().map(this::append).toList();
        var unused = CompletableFuture.allOf(appended.toArray(CompletableFuture<?>[]::new))
                .whenComplete((nothing, failure) -> taken.run());
    }

    private CompletableFuture<Void> append(KeeperFrame.Item item) {
        if (!item.source().origin().equals(line.peer())) {
            keeper.counters().add(Counters.FORGED);
            refuse("a message of somebody else");
            return CompletableFuture.completedFuture(null);
        }
        keeper.counters().add(Counters.BROUGHT);
        return keeper.append(item)
                .thenAccept(why -> why.ifPresent(refusal ->
                        keeper.turns().execute(() -> guarded(() -> onRefused(item, refusal)))));
    }

    private void onRefused(KeeperFrame.Item item, Refusal why) {
        if (refused.size() >= MAX_UNSAID) {
            refuse("it does not listen");
            return;
        }
        refused.add(new KeeperFrame.Refused(item.source().epoch(), item.sequence(), why));
        pump();
    }

    @Override
    boolean hasBegun() {
        return true; // it may have nothing to say
    }

    @Override
    void sayAlive() {
        line.offer(new KeeperFrame.Kept(keeper.store().id(), 0, Sequences.NONE));
    }

    @Override
    void pump() {
        while (!refused.isEmpty() && line.offer(refused.element())) {
            refused.remove();
        }
        while (!unsaid.isEmpty() && refused.isEmpty()) {
            Map.Entry<Long, Sequences> next = unsaid.entrySet().iterator().next();
            Sequences some = next.getValue().highest(KeeperFrame.MAX_INTERVALS);
            if (!line.offer(new KeeperFrame.Kept(keeper.store().id(), next.getKey(), some))) {
                return;
            }
            Sequences rest = next.getValue().minus(some);
            if (rest.isEmpty()) {
                unsaid.remove(next.getKey());
            } else {
                next.setValue(rest);
            }
        }
    }
}
