package io.chaski.streamer.internal.storage.fetch;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.internal.storage.StoredEntry;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Layout;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Askers that open an exchange and say no more. */
@ChaskiTest(
        nodes = {"asker", "owner"},
        topology = Layout.MESH,
        time = TimeMode.LOOPBACK)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OwnerIT {

    private static final Duration LIMIT = ofSeconds(30);
    private static final Duration LONGEST_SILENCE = ofSeconds(2);

    private ChaskiNetwork net;
    private ChaskiNode asker;
    private ChaskiNode owner;

    @BeforeEach
    void connect(ChaskiNetwork network, @Node("asker") ChaskiNode first, @Node("owner") ChaskiNode second) {
        net = network;
        asker = first;
        owner = second;
        Owner handler = new Owner(new OneEntry(), (node, key, access) -> true, LONGEST_SILENCE);
        owner.streams().serve(Owner.PROTOCOL, handler);
        net.await("they are connected", () -> !asker.edges().isEmpty(), LIMIT);
    }

    /** Under the key {@code there}. To remove it takes longer than a peer may be silent. */
    private static final class OneEntry implements SharedEntries {

        @Override
        public @Nullable StoredEntry find(String key) {
            return key.equals("there") ? new StoredEntry("text/plain", new byte[1], StoredEntry.NEVER) : null;
        }

        @Override
        public long remainingMillis(StoredEntry entry) {
            return StoredEntry.NEVER;
        }

        @Override
        public boolean remove(String key, StoredEntry entry) {
            return new CompletableFuture<Boolean>()
                    .completeOnTimeout(true, LONGEST_SILENCE.toMillis() * 2, TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    private Stream ask(String key, StreamListener listener) {
        StreamOptions question = StreamOptions.builder()
                .header("key", key)
                .header("take", "")
                .deadline(ofMinutes(10))
                .build();
        return asker.streams()
                .open(owner.id(), Owner.PROTOCOL, question, listener)
                .join();
    }

    /** Why the owner ends what it is asked. */
    private StreamCode endOf(Stream stream) {
        CompletableFuture<StreamCode> code = new CompletableFuture<>();
        var unused = stream.closed().exceptionally(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            code.complete(((StreamException) cause).code());
            return null;
        });
        return net.await(code, LIMIT);
    }

    @Test
    void who_does_not_want_what_is_offered_is_sent_away() {
        assertThat(endOf(ask("there", (stream, message) -> {}))).isEqualTo(StreamCode.LIMIT);
    }

    @Test
    void who_does_not_say_that_it_has_arrived_is_sent_away() {
        Stream stream = ask("there", (same, message) -> {
            if (message.length > 1) {
                same.offer(EntryProtocol.wanted());
            }
        });

        assertThat(endOf(stream)).isEqualTo(StreamCode.LIMIT);
    }

    @Test
    void who_does_not_end_what_came_to_nothing_is_sent_away() {
        assertThat(endOf(ask("nothing", (stream, message) -> {}))).isEqualTo(StreamCode.LIMIT);
    }

    @Test
    void who_waits_for_the_disk_is_not_silent() {
        CompletableFuture<byte[]> verdict = new CompletableFuture<>();
        ask("there", (stream, message) -> {
            if (message.length > 1) {
                stream.offer(EntryProtocol.wanted());
            } else if (message[0] == 0) {
                stream.offer(EntryProtocol.arrived());
            } else {
                verdict.complete(message);
            }
        });

        assertThat(net.await(verdict, LIMIT)).isEqualTo(EntryProtocol.verdict(true));
    }
}
