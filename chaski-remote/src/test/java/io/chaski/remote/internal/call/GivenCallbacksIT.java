package io.chaski.remote.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.Topology;
import io.chaski.core.stream.StreamCode;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.CallOptions;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.ServeOptions;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CallThreads;
import io.chaski.remote.internal.fake.NoPolicies;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import io.chaski.remote.internal.serve.CallAcceptor;
import io.chaski.remote.internal.serve.ServedService;
import io.chaski.remote.internal.serve.ServedServices;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.Description;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callbacks of a call that goes on to another node, and what is left of them when the call is over. */
class GivenCallbacksIT {

    interface Speaker {
        CompletableFuture<String> speak(Consumer<String> listener);
    }

    interface Accepting {
        void accept(String word);
    }

    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final CallOptions LONG = CallOptions.within(LIMIT);
    private static final Pattern NAME = Pattern.compile("(\\$callback/[0-9a-f]{32})#");

    private final String cluster = "test-" + UUID.randomUUID();
    private final ServedServices services = new ServedServices(new NoPolicies());
    private final CallThreads threads = new CallThreads("test");
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Consumer<String>> listeners = new LinkedBlockingQueue<>();
    private final BlockingQueue<CompletableFuture<String>> results = new LinkedBlockingQueue<>();

    /** Names that the node has seen which was called first. */
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private ChaskiNode client;
    private ChaskiNode first;
    private ChaskiNode second;
    private Speaker speaker;

    private ChaskiNode node(String name) {
        return ChaskiNode.builder()
                .name(name)
                .cluster(cluster)
                .topology(Topology.MANUAL)
                .start();
    }

    @BeforeEach
    void serve() throws Exception {
        client = node("client");
        first = node("first");
        second = node("second");
        for (ChaskiNode server : List.of(first, second)) {
            client.connect(server.addresses().get(0)).get(50, TimeUnit.SECONDS);
        }
        ChaskiRemote.on(second).serve("speaker", Speaker.class, listener -> {
            CompletableFuture<String> result = new CompletableFuture<>();
            listeners.add(listener);
            results.add(result);
            return result;
        });
        byte[] description = client.streams()
                .request(second.id(), Description.PROTOCOL, "speaker".getBytes(StandardCharsets.UTF_8), LIMIT)
                .get(50, TimeUnit.SECONDS);
        first.streams().serve(Description.PROTOCOL, stream -> (same, message) -> {
            same.offer(description);
            same.end();
        });
        first.streams().serve(CallHeaders.PROTOCOL, stream -> (same, message) -> {
            Matcher name = NAME.matcher(new String(message, StandardCharsets.ISO_8859_1));
            seen.add(name.find() ? name.group(1) : "none");
            same.reset(StreamCode.REFUSED, "not now");
        });
        speaker = speaker(List.of(first.id(), second.id()));
    }

    private Speaker speaker(List<NodeId> providers) {
        Calling calling = new Calling(
                client.streams(),
                client::edge,
                RemoteOptions.DEFAULTS,
                Budget.ofHeap(),
                threads,
                new CallEvents(threads),
                node -> {},
                new SecureRandom(),
                services.callbacks(),
                new NoPolicies());
        CallAcceptor acceptor = new CallAcceptor(
                services,
                RemoteOptions.DEFAULTS,
                Budget.ofHeap(),
                threads,
                new CallEvents(threads),
                new CallbackProxies(calling),
                () -> false);
        client.streams().serve(CallHeaders.PROTOCOL, CallAcceptor.OPTIONS, acceptor);
        ServiceModel model = ModelReader.forCalls(Speaker.class, ErrorTypes.NONE_REGISTERED);
        return ProxyHandler.proxy(
                calling,
                Speaker.class,
                model,
                "speaker",
                (service, hash, options) ->
                        providers.stream().map(node -> new Candidate(node, "")).iterator(),
                LONG);
    }

    @AfterEach
    void close() {
        List.of(client, first, second).parallelStream().forEach(ChaskiNode::close);
        threads.close();
    }

    /** What the first node gets, which has no remote of its own, with the name that it has seen. */
    private void accept(String name) {
        Calling stealing = new Calling(
                first.streams(),
                first::edge,
                RemoteOptions.DEFAULTS,
                Budget.ofHeap(),
                threads,
                new CallEvents(threads),
                node -> {},
                new SecureRandom(),
                new ServedServices(new NoPolicies()).callbacks(),
                new NoPolicies());
        ServiceModel model = ModelReader.forCalls(Accepting.class, ErrorTypes.NONE_REGISTERED);
        ProxyHandler.proxy(stealing, Accepting.class, model, name, Providers.at(client.id()), LONG)
                .accept("first");
    }

    private void awaitNoneLeft() {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(services.callbacks().size()).isZero());
    }

    @Test
    void only_the_node_whose_turn_it_is_may_call_back() throws Exception {
        CompletableFuture<String> result = speaker.speak(heard::add);
        Consumer<String> listener = listeners.poll(50, TimeUnit.SECONDS);
        listener.accept("second");
        String name = seen.take();
        assertThatThrownBy(() -> accept(name)).isInstanceOf(CallDeniedException.class);
        assertThat(services.callbacks().size()).isEqualTo(1);
        results.take().complete("done");
        assertThat(result.get(50, TimeUnit.SECONDS)).isEqualTo("done");
        assertThat(heard).containsExactly("second");
        awaitNoneLeft();
    }

    @Test
    void nothing_is_left_of_a_call_that_fails_is_cancelled_or_loses_its_node() throws Exception {
        CompletableFuture<String> failing = speaker.speak(heard::add);
        results.poll(50, TimeUnit.SECONDS).completeExceptionally(new IllegalStateException("failed"));
        assertThat(failing).failsWithin(LIMIT);
        awaitNoneLeft();

        CompletableFuture<String> cancelled = speaker.speak(heard::add);
        assertThat(results.poll(50, TimeUnit.SECONDS)).isNotNull();
        cancelled.cancel(true);
        awaitNoneLeft();

        CompletableFuture<String> lost = speaker.speak(heard::add);
        assertThat(results.poll(50, TimeUnit.SECONDS)).isNotNull();
        second.close();
        assertThat(lost).failsWithin(LIMIT);
        awaitNoneLeft();
    }

    @Test
    void a_call_for_whose_callback_there_is_no_room_is_not_made() {
        ServedService any = new ServedService(
                "any",
                ModelReader.ofFunction(String.class, String.class),
                (method, values) -> null,
                ServeOptions.DEFAULTS);
        int count = 0;
        while (services.callbacks().tryAdd("$callback/" + count, any)) {
            count++;
        }
        assertThat(count).isEqualTo(16_384);
        assertThat(speaker.speak(heard::add))
                .failsWithin(LIMIT)
                .withThrowableThat()
                .withCauseInstanceOf(PeerBusyException.class);
        assertThat(seen).isEmpty();
    }
}
