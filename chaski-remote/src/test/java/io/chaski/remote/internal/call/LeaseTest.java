package io.chaski.remote.internal.call;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallOptions;
import io.chaski.remote.Idempotent;
import io.chaski.remote.PeerLostException;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.fake.ManualExecutor;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.serve.ServedServices;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.Description;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two calls are under way at a provider that is gone then, in virtual time: nodes give a silent peer up after eight seconds. */
class LeaseTest {

    interface Work {
        CompletableFuture<Integer> once();

        @Idempotent
        CompletableFuture<Integer> again();
    }

    private static final ServiceModel MODEL = ModelReader.forCalls(Work.class, ErrorTypes.NONE_REGISTERED);
    private static final byte[] SEVEN = {2, 0, 0, 0, 1, 7};

    private final ChaskiNetwork net = ChaskiNetwork.builder()
            .nodes("server", "spare", "caller")
            .topology(Layout.MESH)
            .start();

    /** Who has got the arguments of a call, in order. */
    private final List<String> called = new ArrayList<>();

    private CompletableFuture<Integer> once;
    private CompletableFuture<Integer> again;

    @BeforeEach
    void callBothMethods() {
        serve("server", false);
        serve("spare", true);
        ChaskiNode caller = net.node("caller");
        Calling calling = new Calling(
                ModuleNode.of(caller).inlineStreams(),
                caller::edge,
                RemoteOptions.DEFAULTS,
                new Budget(1 << 20),
                new CallThreads(new ManualExecutor(), Runnable::run, Runnable::run, Runnable::run),
                new CallEvents(Runnable::run),
                node -> {},
                new Random(42),
                new ServedServices(new NoPolicies()).callbacks(),
                new NoPolicies());
        List<Candidate> serverFirst = Stream.of("server", "spare")
                .map(name -> new Candidate(id(name), ""))
                .toList();
        Work work = ProxyHandler.proxy(
                calling,
                Work.class,
                MODEL,
                "work",
                (service, hash, options) -> serverFirst.iterator(),
                CallOptions.within(CallOptions.MAX_DEADLINE));
        once = work.once();
        again = work.again();
        net.advance(ofMillis(500));
        assertThat(called).containsExactly("server", "server");
    }

    @AfterEach
    void close() {
        net.close();
    }

    private NodeId id(String name) {
        return net.node(name).id();
    }

    private void serve(String name, boolean isAnswering) {
        var streams = net.node(name).streams();
        streams.serve(Description.PROTOCOL, stream -> (same, message) -> {
            same.offer(Description.of(MODEL).toBytes());
            same.end();
        });
        streams.serve(CallHeaders.PROTOCOL, stream -> (same, message) -> {
            called.add(name);
            if (isAnswering) {
                same.offer(SEVEN);
                same.end();
            }
        });
    }

    private void onlyTheIdempotentCallIsMadeElsewhere() {
        assertThatThrownBy(once::join)
                .cause()
                .isInstanceOfSatisfying(
                        PeerLostException.class,
                        lost -> assertThat(lost.execution()).isEqualTo(Execution.UNKNOWN));
        assertThat(again).isCompletedWithValue(7);
        assertThat(called).containsExactly("server", "server", "spare");
    }

    @Test
    @DisplayName("D36: a crash, which ends the connection, is heard of at once")
    void crash() {
        net.crash("server");
        net.advance(ofMillis(500));
        onlyTheIdempotentCallIsMadeElsewhere();
    }

    @Test
    @DisplayName("D36: a provider that stands still is given up when its lease is over, and not before")
    void pause() {
        net.pause("server");
        net.advance(ofSeconds(6));
        assertThat(once).isNotDone();
        assertThat(again).isNotDone();
        net.advance(ofSeconds(4));
        onlyTheIdempotentCallIsMadeElsewhere();
    }

    @Test
    @DisplayName("D36: so is one behind a network that carries nothing any more")
    void partition() {
        net.partition("server | caller, spare");
        net.advance(ofSeconds(6));
        assertThat(once).isNotDone();
        net.advance(ofSeconds(4));
        onlyTheIdempotentCallIsMadeElsewhere();
    }
}
