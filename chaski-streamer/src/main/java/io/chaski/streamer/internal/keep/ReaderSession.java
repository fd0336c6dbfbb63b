package io.chaski.streamer.internal.keep;

import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.KeptMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Somebody reads: another keeper, a subscriber, or one who wants a page of the history. */
final class ReaderSession extends KeeperSession {

    /** A page of the history stops at this size; with a larger message it has that one only. */
    static final int PAGE_BYTES = 4 << 20;

    private final Feed feed;
    private final Deque<KeeperFrame> page = new ArrayDeque<>();
    private boolean hasAsked;

    ReaderSession(Keeper keeper, Line line, Role role) {
        super(keeper, line, role);
        this.feed = new Feed(keeper.store(), role == Role.FOLLOW, keeper::isAskedSince, line::offer);
    }

    @Override
    void onBegin() {} // it speaks first

    @Override
    void onTurn(KeeperFrame frame, Runnable taken) {
        taken.run();
        if (role != Role.HISTORY && frame instanceof KeeperFrame.Have have) {
            String wrong = feed.onHave(have);
            if (wrong.isEmpty()) {
                sayAlive(); // a subscriber would leave a keeper that has nothing for it
                pump();
            } else {
                refuse(wrong);
            }
        } else if (role == Role.HISTORY && !hasAsked && frame instanceof KeeperFrame.Ask ask) {
            hasAsked = true;
            page.addAll(Feed.frames(read(ask)));
            page.add(new KeeperFrame.Done());
            pump();
        } else {
            refuse("not what a reader says");
        }
    }

    @Override
    boolean hasBegun() {
        return role == Role.HISTORY ? hasAsked : feed.hasBegun();
    }

    private List<KeptMessage> read(KeeperFrame.Ask ask) {
        return page(keeper, ask.from(), ask.limit());
    }

    /** A page of what a keeper has. */
    static List<KeptMessage> page(Keeper keeper, HistoryPlace from, int limit) {
        List<KeptMessage> all = new ArrayList<>();
        HistoryPosition after = from.in(keeper.store());
        long left = PAGE_BYTES;
        while (all.size() < limit && left > 0) {
            List<KeptMessage> some = keeper.store().history(after, (int) left);
            if (some.isEmpty()) {
                break;
            }
            all.addAll(some);
            left -= some.stream()
                    .mapToLong(message -> message.body().remaining())
                    .sum();
            after = some.get(some.size() - 1).position();
        }
        return all.size() > limit ? all.subList(0, limit) : all;
    }

    @Override
    void sayAlive() {
        if (role == Role.FOLLOW && feed.hasBegun()) { // otherwise each would wait for the other
            line.offer(new KeeperFrame.Messages(List.of())); // without room there is something under way
        }
    }

    @Override
    void pump() {
        if (role != Role.HISTORY) {
            feed.pump(keeper.nanoTime());
            return;
        }
        while (!page.isEmpty() && line.offer(page.element())) {
            page.remove();
        }
    }
}
