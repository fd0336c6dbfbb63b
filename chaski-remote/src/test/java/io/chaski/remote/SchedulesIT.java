package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Methods that a provider runs by itself, for somebody else. */
class SchedulesIT {

    interface Clock {
        void tick(String label);

        int fail() throws InterruptedException;

        void hang() throws InterruptedException;
    }

    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final CallOptions PATIENT = CallOptions.within(LIMIT);

    private final Remotes remotes = Remotes.inProcess();
    private final Semaphore ticks = new Semaphore(0);
    private final Semaphore interrupted = new Semaphore(0);
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private ChaskiRemote server;
    private ChaskiRemote client;
    private NodeId serverId;
    private Clock clock;

    private final class RealClock implements Clock {
        @Override
        public void tick(String label) {
            RemoteContext call = RemoteContext.current();
            seen.add(label + " " + call.method() + " " + call.headers() + " " + call.caller());
            ticks.release();
        }

        @Override
        public int fail() {
            throw new IllegalStateException("out of order");
        }

        @Override
        public void hang() throws InterruptedException {
            try {
                new Semaphore(0).acquire();
            } catch (InterruptedException given) {
                interrupted.release();
                throw given;
            }
        }
    }

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote(
                "server",
                RemoteOptions.builder()
                        .interceptServed((context, arguments, next) -> {
                            seen.add("intercepted " + context.method());
                            return next.proceed();
                        })
                        .build());
        client = remotes.remote("client");
        Remotes.connect(client, server);
        serverId = server.node().id();
        server.serve("clock", Clock.class, new RealClock(), ServeOptions.schedulable());
        clock = client.at(serverId).proxy("clock", Clock.class, PATIENT);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    private static void awaitOne(Semaphore semaphore, int count) throws InterruptedException {
        assertThat(semaphore.tryAcquire(count, LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    @DisplayName("D22-D24: it runs as the caller, is listed, outlives the caller, and ends when the caller says so")
    void lives() throws Exception {
        Clock blue = ChaskiRemote.with(
                clock, CallOptions.builder().header("tenant", "blue").build());
        Schedule schedule = client.schedule(blue, c -> c.tick("a")).every(OFTEN);
        awaitOne(ticks, 3);
        assertThat(seen)
                .contains("intercepted tick")
                .contains("a tick {tenant=blue} " + client.node().id());
        assertThat(client.at(serverId).schedules()).extracting(Schedule::id).containsExactly(schedule.id());
        ScheduleInfo info = schedule.info().orElseThrow();
        assertThat(info.runs()).isGreaterThanOrEqualTo(3);
        assertThat(info.nextRun()).isPresent();
        assertThat(info.service()).isEqualTo("clock");

        client.close();
        ticks.drainPermits();
        awaitOne(ticks, 2);
        ChaskiRemote again = ChaskiRemote.on(client.node());
        Schedule found = again.at(serverId).schedules().get(0);
        assertThat(found.cancel()).isTrue();
        soon(() -> assertThat(again.at(serverId).schedules()).isEmpty());
        assertThat(found.info().orElseThrow().nextRun()).isEmpty();
    }

    @Test
    void instants_and_a_proxy_without_a_node() throws Exception {
        client.awaitService("clock", 1, LIMIT);
        Instant now = Instant.now();
        Schedule schedule = client.schedule(client.proxy("clock", Clock.class, PATIENT), c -> c.tick("now"))
                .at(now, now.plusMillis(50), now.plusMillis(100));
        assertThat(schedule.node()).isEqualTo(serverId);
        soon(() -> {
            ScheduleInfo info = schedule.info().orElseThrow();
            assertThat(info.runs() + info.skipped()).isEqualTo(3);
            assertThat(info.nextRun()).isEmpty();
        });
    }

    @Test
    void with_a_directory_they_go_on_when_the_provider_comes_back(@TempDir Path directory) throws Exception {
        RemoteOptions keeping = RemoteOptions.builder().scheduleStore(directory).build();
        ChaskiNode node = remotes.node("keeper");
        ChaskiRemote keeper = ChaskiRemote.on(node, keeping);
        Remotes.connect(client, keeper);
        keeper.serve("clock", Clock.class, new RealClock(), ServeOptions.schedulable());
        RemotePeer peer = client.at(node.id());
        Schedule made = client.schedule(peer.proxy("clock", Clock.class, PATIENT), c -> c.tick("kept"))
                .every(OFTEN);
        awaitOne(ticks, 2);
        keeper.close();
        ticks.drainPermits();

        ChaskiRemote again = ChaskiRemote.on(node, keeping);
        again.serve("clock", Clock.class, new RealClock(), ServeOptions.schedulable());
        awaitOne(ticks, 2);
        assertThat(peer.schedules()).extracting(Schedule::id).containsExactly(made.id());
        assertThat(peer.schedules().get(0).cancel()).isTrue();
        again.close();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_fails_or_takes_too_long_is_counted_and_told() throws Exception {
        Schedule failing = client.schedule(clock, Clock::fail).every(OFTEN);
        soon(() -> assertThat(failing.info().orElseThrow().lastError())
                .contains("java.lang.IllegalStateException: out of order"));
        Clock brief = ChaskiRemote.with(clock, CallOptions.within(Duration.ofMillis(30)));
        Schedule slow = client.schedule(brief, Clock::hang)
                .firstAfter(Duration.ZERO)
                .times(1)
                .every(OFTEN);
        awaitOne(interrupted, 1);
        soon(() -> assertThat(slow.info().orElseThrow().lastError()).contains("it took longer than its deadline"));
        server.detach("clock");
        soon(() -> assertThat(failing.info().orElseThrow().lastError()).contains("no service 'clock'"));
    }

    @Test
    void what_may_not_be_scheduled_is_refused() throws Exception {
        server.serve("plain", Clock.class, new RealClock());
        ServeOptions secret =
                ServeOptions.builder().callers(caller -> false).schedulable().build();
        server.serve("secret", Clock.class, new RealClock(), secret);
        interface Other {
            int tick(String label);
        }
        List<Scheduling> refused = List.of(
                client.schedule(client.at(serverId).proxy("plain", Clock.class, PATIENT), c -> c.tick("x")),
                client.schedule(client.at(serverId).proxy("secret", Clock.class, PATIENT), c -> c.tick("x")),
                client.schedule(client.at(serverId).proxy("clock", Other.class, PATIENT), c -> c.tick("x")),
                client.schedule(client.at(serverId).proxy("no such", Clock.class, PATIENT), c -> c.tick("x")));
        for (Scheduling each : refused) {
            assertThatThrownBy(() -> each.every(OFTEN)).isInstanceOf(ScheduleRefusedException.class);
        }
        assertThatThrownBy(() ->
                        client.schedule(clock, c -> c.tick("x".repeat(70_000))).every(OFTEN))
                .isInstanceOf(BadArgumentsException.class);
        assertThatThrownBy(() -> client.schedule(clock, c -> c.tick("x")).every(Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> client.schedule(clock, c -> c.tick("x")).times(2).at(Instant.now()))
                .isInstanceOf(IllegalStateException.class);
        assertThat(client.at(serverId).schedules()).isEmpty();
        assertThat(seen).doesNotContain("intercepted tick");
    }
}
