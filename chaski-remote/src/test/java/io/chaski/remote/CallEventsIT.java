package io.chaski.remote;

import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What listeners and snapshots of both sides tell of calls. */
class CallEventsIT {

    interface Desk {
        String work(String secret);
    }

    private final Remotes remotes = Remotes.inProcess();

    @AfterEach
    void close() {
        remotes.close();
    }

    /** Notes what it hears as words. */
    private static final class Words implements Flow.Subscriber<CallEvent> {
        final List<String> heard = new CopyOnWriteArrayList<>();
        volatile boolean isComplete;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(CallEvent event) {
            String outcome = event instanceof CallEvent.Ended ended ? " " + ended.outcome() : "";
            heard.add(event.side() + " " + event.service() + "." + event.method() + outcome);
            assertThat(event.toString()).doesNotContain("secret");
        }

        @Override
        public void onError(Throwable failure) {
            heard.add(failure.toString());
        }

        @Override
        public void onComplete() {
            isComplete = true;
        }
    }

    @Test
    @DisplayName(
            "R08: each call is an event at its beginning and its end on both sides, without arguments, and is counted")
    void both() throws Exception {
        ChaskiRemote server = remotes.remote("server");
        ChaskiRemote client = remotes.remote("client");
        Remotes.connect(client, server);
        Words called = new Words();
        Words served = new Words();
        client.events().subscribe(called);
        server.events().subscribe(served);
        server.serve(
                "desk",
                Desk.class,
                word -> {
                    if (word.startsWith("bad")) {
                        throw new IllegalArgumentException(word);
                    }
                    return word;
                },
                ServeOptions.schedulable());
        Desk desk = client.at(server.node().id()).proxy("desk", Desk.class, CallOptions.within(Remotes.LIMIT));
        desk.work("secret");
        soon(() -> assertThat(called.heard).hasSize(2)); // which may be a moment after the result
        soon(() -> assertThat(served.heard).hasSize(2));
        assertThatThrownBy(() -> desk.work("bad secret")).isInstanceOf(RemoteCallException.class);
        soon(() -> assertThat(called.heard)
                .containsExactly(
                        "CALLING desk.work",
                        "CALLING desk.work OK",
                        "CALLING desk.work",
                        "CALLING desk.work REMOTE_ERROR"));
        soon(() -> assertThat(served.heard)
                .containsExactly(
                        "SERVING desk.work",
                        "SERVING desk.work OK",
                        "SERVING desk.work",
                        "SERVING desk.work REMOTE_ERROR"));

        client.schedule(desk, d -> d.work("bad"))
                .firstAfter(Duration.ZERO)
                .times(1)
                .every(Duration.ofSeconds(1));
        soon(() -> assertThat(served.heard).contains("SCHEDULED desk.work REMOTE_ERROR"));
        RemoteSnapshot there = server.snapshot();
        assertThat(there.executions()).isEqualTo(Map.of("OK", 2L, "REMOTE_ERROR", 1L));
        assertThat(there.scheduledRuns()).isEqualTo(Map.of("REMOTE_ERROR", 1L));
        soon(() -> assertThat(client.snapshot().providers()).isEqualTo(1));
        RemoteSnapshot here = client.snapshot();
        assertThat(here.calls()).isEqualTo(Map.of("OK", 2L, "REMOTE_ERROR", 1L));
        assertThat(here.pending() + here.executing() + here.schedules()).isZero();
        assertThat(here.eventsDropped()).isZero();
        assertThat(here.directory()).containsKey("services.refused.malformed");
        client.close();
        soon(() -> assertThat(called.isComplete).isTrue());
    }
}
