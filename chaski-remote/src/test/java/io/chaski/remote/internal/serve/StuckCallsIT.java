package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StuckCallsIT {

    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final long BUDGET = 1 << 20;

    private final ServedServices services = new ServedServices(new NoPolicies());
    private final ServiceModel model = ModelReader.ofFunction(byte[].class, Integer.class);
    private final Budget budget = new Budget(BUDGET);
    private final CallThreads threads = new CallThreads("test");
    private ChaskiNode server;
    private ChaskiNode client;

    @BeforeEach
    void serve() throws Exception {
        server = ChaskiNode.builder().name("server").start();
        client = ChaskiNode.builder().name("client").start();
        client.connect(server.addresses().get(0)).get(50, TimeUnit.SECONDS);
        services.add(new ServedService("length", model, (method, arguments) -> 1, ServeOptions.DEFAULTS));
        CallAcceptor acceptor = new CallAcceptor(
                services,
                RemoteOptions.DEFAULTS,
                budget,
                threads,
                new CallEvents(threads),
                (caller, type, service, life) -> type,
                () -> false,
                new StuckCalls.Limits(Duration.ofMillis(20), LIMIT, LIMIT));
        server.streams().serve(CallHeaders.PROTOCOL, CallAcceptor.OPTIONS, acceptor);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        threads.close();
    }

    private CompletableFuture<StreamCode> send(byte[] message) throws Exception {
        CallHeaders headers =
                new CallHeaders("length", "", model.methods().iterator().next().key(), new CallId(0, 1), 1, Map.of());
        StreamOptions.Builder options = StreamOptions.builder().deadline(LIMIT);
        headers.toMap().forEach(options::header);
        CompletableFuture<StreamCode> ended = new CompletableFuture<>();
        Stream stream = client.streams()
                .open(server.id(), CallHeaders.PROTOCOL, options.build(), new StreamListener() {
                    @Override
                    public void onMessage(Stream same, byte[] answer) {
                        ended.completeExceptionally(new AssertionError("it was answered"));
                    }

                    @Override
                    public void onFailed(Stream same, StreamException cause) {
                        ended.complete(cause.code());
                    }
                })
                .get(50, TimeUnit.SECONDS);
        if (message.length > 0) {
            stream.send(message);
        }
        return ended;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000})
    void arguments_that_do_not_get_on_end_the_call_and_give_their_memory_back(int bytes) throws Exception {
        byte[] part = bytes == 0
                ? new byte[0]
                : ByteBuffer.allocate(5 + bytes).put((byte) 1).putInt(10_000).array();
        assertThat(send(part).get(50, TimeUnit.SECONDS)).isEqualTo(StreamCode.CANCELLED);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(budget.left()).isEqualTo(BUDGET));
    }

    @Test
    void a_second_call_is_watched_after_the_first_has_ended() throws Exception {
        assertThat(send(new byte[0]).get(50, TimeUnit.SECONDS)).isEqualTo(StreamCode.CANCELLED);
        assertThat(send(new byte[0]).get(50, TimeUnit.SECONDS)).isEqualTo(StreamCode.CANCELLED);
    }
}
