package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.queue.Incident.Counts;
import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.JobRefusedException;
import io.chaski.streamer.work.JobState;
import io.chaski.streamer.work.WorkQueueOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ledgers and desks in virtual time, with links that are cut and lose what is on its way, workers that die, and submitters that die at any
 * point between a decision and what follows from it. Checks after each step what must always hold. The same seed gives the same run.
 */
final class QueueSimulation {

    private static final long CHAOS_MILLIS = 60_000;
    private static final long HEALED_MILLIS = 3_600_000;
    private static final int JOBS = 60;
    private static final byte[] RESULT = {42};

    private record Event(long atMillis, long number, Runnable what) {}

    private final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>((a, b) -> a.atMillis() != b.atMillis()
            ? Long.compare(a.atMillis(), b.atMillis())
            : Long.compare(a.number(), b.number()));
    private final List<SimulatedSubmitter> submitters = new ArrayList<>();
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final WorkQueueOptions options;
    private long nowMillis = 1_000_000;
    private long eventNumber;
    private boolean isHealed;

    /** Runs that were started, over all jobs: a run in which nothing happens proves nothing. */
    int started;

    int done;
    int dead;
    int refused;
    int workerDeaths;
    int submitterDeaths;
    int cuts;
    final Counts counts = new Counts();

    QueueSimulation(long seed, WorkQueueOptions options) {
        this.random = new Random(seed);
        this.options = options;
        for (int i = 0; i < 2; i++) {
            submitters.add(new SimulatedSubmitter(new NodeId(1, i)));
        }
        for (int i = 0; i < 3; i++) {
            workers.add(new SimulatedWorker(new NodeId(2, i), 1 + i));
        }
    }

    private void after(long millis, Runnable what) {
        events.add(new Event(nowMillis + millis, eventNumber++, what));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** A minute of chaos, then an hour in which nothing goes wrong but handlers. */
    void run() {
        long endMillis = nowMillis + CHAOS_MILLIS;
        submitters.forEach(submitter -> {
            for (int i = 0; i < JOBS; i++) {
                after(random.nextInt(50_000), submitter::submit);
            }
            workers.forEach(worker -> after(random.nextInt(1_000), () -> connect(submitter, worker)));
        });
        after(random.nextInt(1_000), this::harm);
        runUntil(endMillis);
        isHealed = true;
        workers.forEach(worker -> {
            if (!worker.isAlive) {
                worker.start();
            }
        });
        submitters.forEach(SimulatedSubmitter::startIfDead);
        runUntil(nowMillis + HEALED_MILLIS);
        submitters.forEach(SimulatedSubmitter::checkThatAllHasEnded);
    }

    private void runUntil(long endMillis) {
        while (true) {
            long next = Math.min(
                    events.isEmpty() ? Long.MAX_VALUE : events.peek().atMillis(),
                    submitters.stream()
                            .mapToLong(SimulatedSubmitter::nextMillis)
                            .min()
                            .orElseThrow());
            if (next > endMillis) {
                nowMillis = endMillis;
                return;
            }
            nowMillis = Math.max(nowMillis, next);
            if (!events.isEmpty() && events.peek().atMillis() <= nowMillis) {
                events.remove().what().run();
            }
            submitters.forEach(SimulatedSubmitter::tick);
            workers.forEach(SimulatedWorker::check);
        }
    }

    private void harm() {
        if (isHealed) {
            return;
        }
        int what = random.nextInt(10);
        SimulatedWorker worker = workers.get(random.nextInt(workers.size()));
        SimulatedSubmitter submitter = submitters.get(random.nextInt(submitters.size()));
        if (what < 3) {
            worker.die();
        } else if (what < 4) {
            submitter.dieSoon = true;
        } else {
            Link link = submitter.links.get(worker.id);
            if (link != null) {
                cuts++;
                link.cut();
            }
        }
        after(200 + random.nextInt(2_000), this::harm);
    }

    // ---- links

    private void connect(SimulatedSubmitter submitter, SimulatedWorker worker) {
        if (submitter.links.containsKey(worker.id)) {
            return;
        }
        if (!submitter.isAlive || !worker.isAlive) {
            after(100, () -> connect(submitter, worker));
            return;
        }
        new Link(submitter, worker).open();
    }

    /** Frames arrive in order, some milliseconds later, unless the link is cut before. */
    private final class Link {
        private final SimulatedSubmitter submitter;
        private final SimulatedWorker worker;
        private boolean isUp = true;
        private long lastToWorker;
        private long lastToSubmitter;

        Link(SimulatedSubmitter submitter, SimulatedWorker worker) {
            this.submitter = submitter;
            this.worker = worker;
        }

        void open() {
            submitter.links.put(worker.id, this);
            worker.links.put(submitter.key, this);
            submitter.input(() -> submitter.ledger().onWorker(worker.id));
            worker.desk.onSubmitter(submitter.key, QueueFrames.toSubmitter(frame -> {
                lastToSubmitter = Math.max(lastToSubmitter, nowMillis + random.nextInt(20));
                after(lastToSubmitter - nowMillis, () -> {
                    if (isUp) {
                        submitter.input(() -> read(frame, submitter.earFor(worker.id)));
                    }
                });
            }));
        }

        ToWorker toWorker() {
            return QueueFrames.toWorker(frame -> {
                lastToWorker = Math.max(lastToWorker, nowMillis + random.nextInt(20));
                after(lastToWorker - nowMillis, () -> {
                    if (isUp) {
                        readToWorker(frame, worker.earFor(submitter));
                    }
                });
            });
        }

        void cut() {
            if (!isUp) {
                return;
            }
            isUp = false;
            submitter.links.remove(worker.id);
            worker.links.remove(submitter.key);
            submitter.input(() -> {
                submitter.live.values().removeIf(worker.id::equals);
                submitter.ledger().onWorkerGone(worker.id, nowMillis);
            });
            if (worker.isAlive) {
                worker.desk.onSubmitterGone(submitter.key);
            }
            after(chance(70) ? random.nextInt(1_000) : random.nextInt(8_000), () -> connect(submitter, worker));
        }

        private void read(byte[] frame, ToSubmitter ear) {
            try {
                QueueFrames.read(frame, ear);
            } catch (QueueFrames.Malformed e) {
                throw new AssertionError(e);
            }
        }

        private void readToWorker(byte[] frame, ToWorker ear) {
            try {
                QueueFrames.read(frame, ear);
            } catch (QueueFrames.Malformed e) {
                throw new AssertionError(e);
            }
        }
    }

    // ---- a submitter

    private final class SimulatedSubmitter implements Ledger.Outbox {
        private final SubmitterKey key;
        private final Map<UUID, byte[]> disk = new LinkedHashMap<>();
        private final Map<NodeId, Link> links = new LinkedHashMap<>();
        private final List<Runnable> effects = new ArrayList<>();
        private final Set<UUID> changed = new LinkedHashSet<>();

        /** What the application has been told. */
        private final Set<UUID> accepted = new LinkedHashSet<>();

        private final Map<UUID, JobState> told = new HashMap<>();

        /** What the disk knows to have ended, also if nobody was told any more. */
        private final Set<UUID> ended = new HashSet<>();

        /** Who has a job, as far as this submitter can know. */
        private final Map<UUID, NodeId> live = new HashMap<>();

        private @Nullable Ledger ledger;
        private boolean isAlive = true;
        private boolean dieSoon;

        SimulatedSubmitter(NodeId node) {
            key = new SubmitterKey(node, new UUID(7, node.low()));
            ledger = new Ledger(options, 1, this, counts);
        }

        Ledger ledger() {
            if (ledger == null) {
                throw new AssertionError("dead");
            }
            return ledger;
        }

        long nextMillis() {
            return isAlive ? ledger().nextMillis() : Long.MAX_VALUE;
        }

        /** As the thread of a queue: the input, what is due, what is kept, what follows. Dies between any two. */
        void input(Runnable input) {
            if (!isAlive) {
                return;
            }
            int mayDie = dieSoon ? random.nextInt(3) : -1;
            input.run();
            ledger().onTime(nowMillis);
            checkBounds();
            if (mayDie == 0) {
                die();
                return;
            }
            changed.forEach(id -> {
                JobEntry job = ledger().find(id);
                if (job == null) {
                    boolean wasKept = disk.remove(id) != null;
                    assertThat(ended.contains(id) || !wasKept)
                            .as("a job is forgotten that has not ended")
                            .isTrue();
                } else {
                    disk.put(id, JobFormat.encode(job));
                    if (job.state.isEnded()) {
                        ended.add(id);
                    }
                }
            });
            changed.clear();
            if (mayDie == 1) {
                die();
                return;
            }
            List<Runnable> now = List.copyOf(effects);
            effects.clear();
            int last = mayDie == 2 && !now.isEmpty() ? random.nextInt(now.size()) : now.size();
            now.subList(0, last).forEach(Runnable::run);
            if (mayDie == 2) {
                die();
            }
        }

        void tick() {
            if (isAlive && ledger().nextMillis() <= nowMillis) {
                input(() -> {});
            }
        }

        private void checkBounds() {
            Ledger now = ledger();
            assertThat(now.unfinished()).isLessThanOrEqualTo(options.maxJobs());
            assertThat(now.unfinishedBytes()).isBetween(0L, options.maxBytes());
            assertThat(now.results()).isLessThanOrEqualTo(options.maxResults());
            assertThat(now.deadLetters().size()).isLessThanOrEqualTo(options.maxDeadLetters());
        }

        private void die() {
            submitterDeaths++;
            isAlive = false;
            dieSoon = false;
            ledger = null;
            changed.clear();
            effects.clear();
            live.clear();
            List.copyOf(links.values()).forEach(Link::cut);
            after(random.nextInt(5_000), this::startIfDead);
        }

        void startIfDead() {
            if (isAlive) {
                return;
            }
            isAlive = true;
            Ledger again = new Ledger(options, 1, this, counts);
            ledger = again;
            input(() -> again.restore(
                    disk.entrySet().stream()
                            .map(kept -> JobFormat.decode(kept.getKey(), kept.getValue())
                                    .orElseThrow())
                            .toList(),
                    nowMillis));
        }

        void submit() {
            if (!isAlive) {
                after(1_000, this::submit);
                return;
            }
            UUID id = new UUID(random.nextLong(), random.nextLong());
            JobOptions.Builder special = JobOptions.builder()
                    .priority(random.nextInt(10))
                    .timeout(Duration.ofMillis(2_000 + random.nextInt(3_000)));
            if (chance(20)) {
                special.delay(Duration.ofMillis(random.nextInt(10_000)));
            }
            input(() -> {
                try {
                    ledger().submit(
                                    new NewJob(id, new byte[random.nextInt(100)], special.build(), options),
                                    () -> true,
                                    nowMillis);
                    effects.add(() -> accepted.add(id));
                } catch (JobRefusedException e) {
                    refused++;
                    after(1_000, this::submit);
                }
            });
        }

        ToSubmitter earFor(NodeId worker) {
            return new ToSubmitter() {
                @Override
                public void onReady(int free, long received) {
                    assertThat(ledger().onReady(worker, free, received, nowMillis))
                            .isTrue();
                }

                @Override
                public void onRunning(UUID job, int assignment) {
                    int before = effects.size();
                    ledger().onRunning(worker, job, assignment, nowMillis);
                    if (effects.size() == before) {
                        putLive(job, worker);
                    }
                }

                @Override
                public void onDone(UUID job, int assignment, byte[] result) {
                    assertThat(result).isEqualTo(RESULT);
                    live.remove(job, worker);
                    ledger().onDone(worker, job, assignment, result, nowMillis);
                }

                @Override
                public void onFailed(UUID job, int assignment, AttemptFailure failure, String detail) {
                    live.remove(job, worker);
                    ledger().onFailed(worker, job, assignment, failure, detail, nowMillis);
                }

                @Override
                public void onBusy(UUID job, int assignment) {
                    live.remove(job, worker);
                    ledger().onBusy(worker, job, assignment, nowMillis);
                }
            };
        }

        private void putLive(UUID job, NodeId worker) {
            NodeId before = live.put(job, worker);
            assertThat(before).as("job %s is with two workers", job).isIn(null, worker);
        }

        @Override
        public boolean mayAssign(NodeId worker) {
            return true;
        }

        @Override
        public void assign(NodeId worker, UUID job, int assignment, int attempt, byte[] payload) {
            assertThat(ended).as("a job that has ended is given out").doesNotContain(job);
            assertThat(live).as("job %s is given out twice", job).doesNotContainKey(job);
            putLive(job, worker);
            say(worker, to -> {
                JobEntry kept = JobFormat.decode(job, disk.getOrDefault(job, new byte[0]))
                        .orElseThrow();
                assertThat(kept.assignment)
                        .as("an assignment is told that is not kept")
                        .isEqualTo(assignment);
                to.onJob(job, assignment, attempt, payload);
            });
        }

        @Override
        public void cancel(NodeId worker, UUID job, int assignment) {
            live.remove(job, worker);
            say(worker, to -> to.onCancelled(job, assignment));
        }

        @Override
        public void acknowledge(NodeId worker, UUID job, int assignment) {
            say(worker, to -> to.onAcknowledged(job, assignment));
        }

        private void say(NodeId worker, Consumer<ToWorker> what) {
            effects.add(() -> Optional.ofNullable(links.get(worker)).ifPresent(link -> what.accept(link.toWorker())));
        }

        @Override
        public void changed(UUID job) {
            changed.add(job);
        }

        @Override
        public void ended(JobEntry job) {
            JobState state = job.state;
            effects.add(() -> {
                assertThat(told.put(job.id, state)).as("a job ends once").isNull();
                if (state == JobState.DONE) {
                    done++;
                } else {
                    dead++;
                }
            });
        }

        void checkThatAllHasEnded() {
            assertThat(accepted).isNotEmpty();
            for (UUID id : accepted) {
                JobEntry job = ledger().find(id);
                if (job == null) { // for want of room
                    assertThat(ended).contains(id);
                } else {
                    assertThat(job.state.isEnded())
                            .as("job %s is %s", id, job.state)
                            .isTrue();
                    assertThat(told.getOrDefault(id, job.state)).isEqualTo(job.state);
                }
            }
            assertThat(ledger().unfinished()).isZero();
            assertThat(ledger().unfinishedBytes()).isZero();
        }
    }

    // ---- a worker

    private final class SimulatedWorker implements Desk.Outbox {
        private final NodeId id;
        private final int places;
        private final Map<SubmitterKey, Link> links = new LinkedHashMap<>();
        private final Set<TaskKey> tasks = new HashSet<>();
        private Desk desk;
        private boolean isAlive = true;
        private int life;

        SimulatedWorker(NodeId id, int places) {
            this.id = id;
            this.places = places;
            this.desk = new Desk(places, this, counts);
        }

        void die() {
            if (isAlive) {
                workerDeaths++;
                isAlive = false;
                life++;
                tasks.clear();
                List.copyOf(links.values()).forEach(Link::cut);
                after(random.nextInt(6_000), () -> {
                    if (!isAlive) {
                        start();
                    }
                });
            }
        }

        void start() {
            desk = new Desk(places, this, counts);
            isAlive = true;
        }

        void check() {
            assertThat(desk.running()).isLessThanOrEqualTo(places);
            if (isAlive) {
                desk.onTime(nowMillis);
            }
        }

        ToWorker earFor(SimulatedSubmitter submitter) {
            return new ToWorker() {
                @Override
                public void onJob(UUID job, int assignment, int attempt, byte[] payload) {
                    desk.onJob(submitter.key, job, assignment, attempt, payload);
                }

                @Override
                public void onAcknowledged(UUID job, int assignment) {
                    desk.onAcknowledged(submitter.key, job, assignment);
                }

                @Override
                public void onCancelled(UUID job, int assignment) {
                    desk.onCancelled(submitter.key, job, assignment);
                }
            };
        }

        @Override
        public void start(TaskKey task, int attempt, byte[] payload) {
            started++;
            assertThat(attempt).isBetween(1, options.attempts());
            submitters.stream()
                    .filter(submitter -> submitter.key.equals(task.submitter()))
                    .forEach(submitter -> assertThat(submitter.ended)
                            .as("a job runs after its result was acknowledged")
                            .doesNotContain(task.job()));
            tasks.add(task);
            int ofLife = life;
            int fate = random.nextInt(100);
            if (fate < 5) {
                return; // hangs until it is told to stop
            }
            after(random.nextInt(fate < 15 ? 6_000 : 500), () -> {
                if (isAlive && life == ofLife && tasks.remove(task)) {
                    desk.onFinished(task, outcome(fate), nowMillis);
                }
            });
        }

        private TaskOutcome outcome(int fate) {
            if (fate < 25) {
                return TaskOutcome.failed(AttemptFailure.THROWN, "no luck");
            }
            return fate < 28 ? TaskOutcome.failed(AttemptFailure.FINAL, "no use") : TaskOutcome.done(RESULT);
        }

        @Override
        public void interrupt(TaskKey task) {
            int ofLife = life;
            after(random.nextInt(50), () -> {
                if (isAlive && life == ofLife && tasks.remove(task)) {
                    desk.onFinished(task, TaskOutcome.failed(AttemptFailure.THROWN, "interrupted"), nowMillis);
                }
            });
        }
    }
}
