package io.chaski.remote.internal.schedule;

import io.chaski.core.NodeId;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.remote.ScheduleInfo;
import io.chaski.remote.ScheduleRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schedules of one provider, of all callers: runs each when it is due, in the node's time, never one schedule twice at a time. They
 * live as long as this object, and longer if there is a store. Thread-safe.
 *
 * <pre>
 *   created --- due ---> running --- ended ---> waiting --- due ---> running ... the last turn, or cancelled ---> over
 *                           '--- due again: skipped
 * </pre>
 */
public final class Schedules implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Schedules.class);

    private final NodeId self;
    private final ModuleNode module;
    private final Runs runs;
    private final @Nullable ScheduleStore store;

    /** Guards what follows. Nothing is called under it that waits. */
    private final Object lock = new Object();

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Those that are over, the latest of them. */
    private final Map<String, Entry> over = new LinkedHashMap<>();

    private int timer;
    private long timerNanos;
    private boolean isTimerSet;
    private boolean isClosed;

    /**
     * The schedules that are kept, and those that will be made.
     *
     * @param self this node
     * @param module its time
     * @param runs executes them
     * @param store where they are kept; null to forget them at the end
     */
    public Schedules(NodeId self, ModuleNode module, Runs runs, @Nullable ScheduleStore store) {
        this.self = self;
        this.module = module;
        this.runs = runs;
        this.store = store;
        if (store != null) {
            store.read(Limits.MAX_PER_NODE).forEach(this::goOn);
            look();
        }
    }

    private void goOn(StoredSchedule kept) {
        Order order = kept.order();
        Entry entry = new Entry(
                kept.owner(), order, kept.methodName(), kept.arguments(), timetable(order, kept.firstMillis()));
        synchronized (lock) {
            entry.skipMissed(module.nanoTime(), module.currentTimeMillis());
            entries.put(order.id(), entry);
        }
    }

    private Timetable timetable(Order order, long firstMillis) {
        return Timetable.of(order, firstMillis, module.nanoTime(), module.currentTimeMillis());
    }

    /**
     * Takes an order; one that is there already is told again.
     *
     * @param caller whose
     * @param order what, and when
     * @param arguments encoded
     * @throws ScheduleRefusedException if it is refused; nothing runs then
     */
    public ScheduleInfo create(NodeId caller, Order order, byte[] arguments) {
        Optional<ScheduleInfo> known = find(caller, order.id());
        if (known.isPresent()) {
            return known.get();
        }
        String method = runs.check(caller, order);
        if (arguments.length > Limits.MAX_ARGUMENT_BYTES) {
            throw new ScheduleRefusedException("the arguments of a schedule take " + arguments.length
                    + " bytes, not at most " + Limits.MAX_ARGUMENT_BYTES);
        }
        long firstMillis = module.currentTimeMillis() + order.first().toMillis();
        Entry entry = new Entry(caller, order, method, arguments, timetable(order, firstMillis));
        synchronized (lock) {
            requireRoom(caller, order);
            entries.put(order.id(), entry);
        }
        try {
            keep(new StoredSchedule(caller, order, method, firstMillis, arguments));
        } catch (IOException failed) {
            log.warn("a schedule cannot be kept, and is refused", failed);
            synchronized (lock) {
                entries.remove(order.id());
            }
            throw new ScheduleRefusedException("the provider cannot keep schedules: " + failed.getMessage());
        }
        look();
        return info(entry);
    }

    private void requireRoom(NodeId caller, Order order) {
        if (isClosed) {
            throw new ScheduleRefusedException("the provider closes");
        }
        if (entries.containsKey(order.id()) || over.containsKey(order.id())) {
            throw new ScheduleRefusedException("a schedule has this id already");
        }
        long own = entries.values().stream()
                .filter(entry -> entry.owner().equals(caller))
                .count();
        if (own >= Limits.MAX_PER_CALLER) {
            throw new ScheduleRefusedException(
                    "this caller has " + Limits.MAX_PER_CALLER + " schedules at the provider");
        }
        if (entries.size() >= Limits.MAX_PER_NODE) {
            throw new ScheduleRefusedException("the provider has " + Limits.MAX_PER_NODE + " schedules");
        }
    }

    private void keep(StoredSchedule schedule) throws IOException {
        if (store != null) {
            store.write(schedule);
        }
    }

    /**
     * What has become of a schedule.
     *
     * @param caller who asks; hears of its own only
     * @param id of the schedule
     */
    public Optional<ScheduleInfo> find(NodeId caller, String id) {
        synchronized (lock) {
            Entry entry = entries.getOrDefault(id, over.get(id));
            return entry == null || !entry.owner().equals(caller) ? Optional.empty() : Optional.of(info(entry));
        }
    }

    /**
     * Ends a schedule; a run that has begun goes on.
     *
     * @param caller who asks; ends its own only
     * @param id of the schedule
     * @return whether there was one
     */
    public boolean cancel(NodeId caller, String id) {
        synchronized (lock) {
            Entry entry = entries.get(id);
            if (entry == null || !entry.owner().equals(caller)) {
                return false;
            }
            entry.cancel();
        }
        forget(id); // at once: this node may end before the run that has begun
        look();
        return true;
    }

    /**
     * The schedules of a caller that are not over, in the order they were made.
     *
     * @param caller who asks
     */
    public List<ScheduleInfo> list(NodeId caller) {
        synchronized (lock) {
            return entries.values().stream()
                    .filter(entry -> entry.owner().equals(caller))
                    .map(this::info)
                    .toList();
        }
    }

    /** How many there are, of all callers. */
    public int size() {
        synchronized (lock) {
            return entries.size();
        }
    }

    private ScheduleInfo info(Entry entry) {
        synchronized (lock) {
            return entry.info(self, module.nanoTime(), module.currentTimeMillis());
        }
    }

    /** Begins what is due, forgets what is over, and sets the timer for what is due next. */
    private void look() {
        List<Entry> due = new ArrayList<>();
        List<Entry> ended = new ArrayList<>();
        synchronized (lock) {
            if (isClosed) {
                return;
            }
            long nowNanos = module.nanoTime();
            long nowMillis = module.currentTimeMillis();
            long idleNanos = Limits.LOOK_AGAIN.toNanos();
            for (Iterator<Entry> each = entries.values().iterator(); each.hasNext(); ) {
                Entry entry = each.next();
                if (entry.take(nowNanos, nowMillis)) {
                    due.add(entry);
                } else if (entry.isOver(nowNanos, nowMillis)) {
                    each.remove();
                    ended.add(entry);
                }
                idleNanos = Math.min(idleNanos, entry.idleNanos(nowNanos, nowMillis));
            }
            ended.forEach(this::remember);
            if (!entries.isEmpty()) {
                setTimer(nowNanos, idleNanos);
            }
        }
        ended.forEach(entry -> forget(entry.order().id()));
        due.forEach(
                entry -> runs.run(entry.owner(), entry.order(), entry.arguments(), error -> onRunEnded(entry, error)));
    }

    private void remember(Entry entry) {
        over.put(entry.order().id(), entry);
        if (over.size() > Limits.MAX_OVER) {
            over.remove(over.keySet().iterator().next());
        }
    }

    private void forget(String id) {
        if (store != null) {
            store.delete(id);
        }
    }

    private void onRunEnded(Entry entry, Optional<String> error) {
        synchronized (lock) {
            entry.onRunEnded(error);
        }
        look();
    }

    private void setTimer(long nowNanos, long idleNanos) {
        // Less than a millisecond would be looked at without end where the clock of the wall has no more than that.
        long delayNanos = Math.max(idleNanos, TimeUnit.MILLISECONDS.toNanos(1));
        if (isTimerSet && timerNanos - (nowNanos + delayNanos) <= 0) {
            return; // that one looks again
        }
        int number = ++timer;
        timerNanos = nowNanos + delayNanos;
        isTimerSet = module.after(Duration.ofNanos(delayNanos), () -> onTimer(number));
    }

    private void onTimer(int number) {
        synchronized (lock) {
            if (number == timer) {
                isTimerSet = false;
            }
        }
        look();
    }

    /** Runs nothing any more. What is kept stays. */
    @Override
    public void close() {
        synchronized (lock) {
            isClosed = true;
        }
    }
}
