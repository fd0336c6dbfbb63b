package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.CallException.Execution;
import io.chaski.remote.DeskProcess.Desk;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A provider in another process dies, or stands still, in the middle of two calls; another provider is there. */
class ProviderDeathIT {

    /** How soon a silent peer is given up: without it these calls would last as long as their deadline. */
    private static final Duration LEASE = Duration.ofSeconds(4);

    private final Remotes remotes = Remotes.overTcp();
    private final AtomicInteger worked = new AtomicInteger();
    private DeskProcess process;
    private CompletableFuture<String> looking;
    private CompletableFuture<String> working;

    @BeforeEach
    void callBothMethods() throws Exception {
        process = DeskProcess.start(remotes.cluster());
        ChaskiRemote client = ChaskiRemote.on(remotes.node(
                "client", builder -> builder.keepAlive(Duration.ofSeconds(1)).deadAfter(LEASE)));
        ChaskiRemote spare = remotes.remote("spare");
        spare.serve("desk", Desk.class, new Desk() {
            @Override
            public String look() {
                return "seen at the spare one";
            }

            @Override
            public String work() {
                worked.incrementAndGet();
                return "done twice";
            }
        });
        Remotes.connect(client, spare);
        get(client.node().connect(process.address()));
        client.awaitService("desk", 2, LIMIT);
        Selection processFirst = (candidates, random) -> candidates.stream()
                .sorted(Comparator.comparing(Provider::nodeName)) // desk, spare
                .toList();
        Desk desk = client.proxy(
                "desk",
                Desk.class,
                CallOptions.builder().deadline(LIMIT).selection(processFirst).build());
        looking = client.async(desk, Desk::look);
        working = client.async(desk, Desk::work);
        process.awaitCall();
        process.awaitCall();
    }

    @AfterEach
    void close() {
        process.close();
        remotes.close();
    }

    private void theIdempotentCallGoesOnElsewhereAndTheOtherFails() throws Exception {
        assertThatThrownBy(() -> get(working))
                .cause()
                .isInstanceOfSatisfying(
                        PeerLostException.class,
                        lost -> assertThat(lost.execution()).isEqualTo(Execution.UNKNOWN));
        assertThat(get(looking)).isEqualTo("seen at the spare one");
        assertThat(worked).hasValue(0);
    }

    @Test
    @DisplayName("D36: kill -9")
    void killed() throws Exception {
        process.kill();
        theIdempotentCallGoesOnElsewhereAndTheOtherFails();
    }

    @Test
    @DisplayName("D36: a process that stands still is given up when its lease is over")
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGSTOP")
    void stopped() throws Exception {
        process.stop();
        theIdempotentCallGoesOnElsewhereAndTheOtherFails();
        assertThat(process.isAlive()).isTrue();
    }
}
