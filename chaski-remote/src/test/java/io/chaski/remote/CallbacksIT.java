package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Interfaces that are passed as arguments and called back. */
class CallbacksIT {

    static final class Deaf extends Exception {
        private static final long serialVersionUID = 1L;

        Deaf(String message) {
            super(message);
        }
    }

    interface Listener {
        int heard(String word) throws Deaf, InterruptedException;

        default int heardTwice(String word) throws Deaf, InterruptedException {
            return heard(word) + heard(word);
        }
    }

    interface Waiting {
        void hang() throws InterruptedException;
    }

    interface Speaker {
        int say(String word, Listener listener) throws Deaf, InterruptedException;

        String sayAll(List<String> words, Consumer<String> first, Consumer<String> second);

        int depth(int left, Descent descent);

        CompletableFuture<String> later(Consumer<String> listener);

        void keep(Consumer<String> listener);

        String hang(Waiting waiting);

        @OneWay
        void tell(Consumer<String> listener);

        void fail(Consumer<String> listener);
    }

    interface Descent {
        int down(int left);
    }

    private static final class RealSpeaker implements Speaker {
        final BlockingQueue<Consumer<String>> kept = new LinkedBlockingQueue<>();
        final BlockingQueue<CompletableFuture<String>> results = new LinkedBlockingQueue<>();
        final BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();

        @Override
        public int say(String word, Listener listener) throws Deaf, InterruptedException {
            return listener == null ? -1 : listener.heardTwice(word);
        }

        @Override
        public String sayAll(List<String> words, Consumer<String> first, Consumer<String> second) {
            words.forEach(first.andThen(second));
            return first.equals(second) ? "same" : "different";
        }

        @Override
        public int depth(int left, Descent descent) {
            return left == 0 ? 0 : 1 + descent.down(left - 1);
        }

        @Override
        public CompletableFuture<String> later(Consumer<String> listener) {
            CompletableFuture<String> result = new CompletableFuture<>();
            kept.add(listener);
            results.add(result);
            return result;
        }

        @Override
        public void keep(Consumer<String> listener) {
            kept.add(listener);
            listener.accept("kept");
        }

        @Override
        public String hang(Waiting waiting) {
            try {
                waiting.hang();
                return "done";
            } catch (InterruptedException | RuntimeException ended) {
                ends.add(ended);
                return "ended";
            }
        }

        @Override
        public void tell(Consumer<String> listener) {
            listener.accept("told");
        }

        @Override
        public void fail(Consumer<String> listener) {
            listener.accept("failing");
            throw new IllegalStateException("failed");
        }
    }

    private static final CallOptions LONG = CallOptions.within(LIMIT);

    private final Remotes remotes = Remotes.inProcess();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final RealSpeaker real = new RealSpeaker();
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    /** Names of callbacks that the server has called. */
    private final BlockingQueue<String> names = new LinkedBlockingQueue<>();

    private ChaskiRemote server;
    private ChaskiRemote client;
    private Speaker speaker;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote(
                "server",
                RemoteOptions.builder()
                        .calls(LONG)
                        .intercept((call, next) -> {
                            names.add(call.service());
                            return next.proceed(call);
                        })
                        .build());
        client = remotes.remote("client", RemoteOptions.builder().calls(LONG).build());
        Remotes.connect(client, server);
        server.serve("speaker", Speaker.class, real);
        speaker = client.at(server.node().id()).proxy("speaker", Speaker.class);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        remotes.close();
    }

    private String name() throws InterruptedException {
        return names.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** What somebody gets who knows the name of a callback. */
    private void callByName(ChaskiRemote from, String name) {
        interface Accepting {
            void accept(String word);
        }
        from.at(client.node().id()).proxy(name, Accepting.class).accept("stolen");
    }

    @Test
    void a_callback_is_called_and_its_default_methods_run_at_the_server() throws Exception {
        assertThat(speaker.say("word", word -> {
                    heard.add(word + " at " + RemoteContext.current().service());
                    return word.length();
                }))
                .isEqualTo(8);
        assertThat(heard).containsExactly("word at $callback/Listener", "word at $callback/Listener");
    }

    @Test
    void null_is_null() throws Exception {
        assertThat(speaker.say("word", null)).isEqualTo(-1);
    }

    @Test
    void several_callbacks_of_a_generic_interface_are_told_apart() {
        String which = speaker.sayAll(List.of("a", "b"), word -> heard.add("1" + word), word -> heard.add("2" + word));
        assertThat(heard).containsExactly("1a", "2a", "1b", "2b");
        assertThat(which).isEqualTo("different");
    }

    @Test
    void what_a_callback_throws_arrives_at_the_server_and_may_come_back() {
        assertThatThrownBy(() -> speaker.say("word", word -> {
                    throw new Deaf("to " + word);
                }))
                .isExactlyInstanceOf(Deaf.class)
                .hasMessage("to word");
    }

    @Test
    void a_callback_calls_the_server_again() {
        Descent descent = new Descent() {
            @Override
            public int down(int left) {
                return speaker.depth(left, this);
            }
        };
        // Ten threads of the server and ten of the client, of 32 each where there are no virtual ones.
        assertThat(speaker.depth(10, descent)).isEqualTo(10);
    }

    @Test
    void more_calls_at_a_time_than_threads_get_their_callbacks() throws Exception {
        List<Future<Integer>> calls = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(24);
        for (int i = 0; i < 40; i++) {
            calls.add(threads.submit(() -> speaker.say("word", word -> {
                all.countDown();
                all.await(); // so that all threads that one caller gets wait for callbacks at some time
                return 1;
            })));
        }
        for (Future<Integer> call : calls) {
            assertThat(get(call)).isEqualTo(2);
        }
    }

    @Test
    void a_callback_lives_until_the_future_is_complete() throws Exception {
        CompletableFuture<String> result = speaker.later(heard::add);
        Consumer<String> listener = real.kept.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        get(threads.submit(() -> listener.accept("meanwhile")));
        real.results.take().complete("done");
        assertThat(get(result)).isEqualTo("done");
        assertThat(heard).containsExactly("meanwhile");
        soon(() -> assertThatThrownBy(() -> listener.accept("too late")).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void a_callback_of_a_one_way_call_lives_until_the_other_side_has_done_it() {
        speaker.tell(heard::add);
        soon(() -> assertThat(heard).containsExactly("told"));
    }

    @Test
    void it_is_over_with_the_call_at_both_sides() throws Exception {
        speaker.keep(heard::add);
        Consumer<String> kept = real.kept.take();
        assertThatThrownBy(() -> kept.accept("too late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the call of speaker.keep that brought this callback is over, and so is the callback");
        String name = name();
        assertThatThrownBy(() -> callByName(server, name)).isInstanceOf(NoProviderException.class);
        assertThatThrownBy(() -> speaker.fail(heard::add)).isInstanceOf(RemoteCallException.class);
        name();
        String ofFailed = name();
        assertThatThrownBy(() -> callByName(server, ofFailed)).isInstanceOf(NoProviderException.class);
        assertThat(heard).containsExactly("kept", "failing");
    }

    @Test
    void nobody_else_can_call_it_or_learn_of_it() throws Exception {
        ChaskiRemote other = remotes.remote("other");
        Remotes.connect(other, client);
        CompletableFuture<String> result = speaker.later(heard::add);
        Consumer<String> listener = real.kept.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        listener.accept("before");
        String name = name();
        assertThatThrownBy(() -> callByName(other, name)).isInstanceOf(CallDeniedException.class);
        assertThatThrownBy(() -> callByName(other, "$callback/" + "0".repeat(32)))
                .isInstanceOf(NoProviderException.class);
        assertThatThrownBy(() -> callByName(server, "$callback/Listener")).isInstanceOf(NoProviderException.class);
        assertThatThrownBy(() -> server.at(client.node().id()).dynamic(name).methods())
                .isInstanceOfSatisfying(
                        NoProviderException.class,
                        none -> assertThat(none.known()).isEmpty());
        listener.accept("after");
        real.results.take().complete("done");
        assertThat(get(result)).isEqualTo("done");
        assertThat(heard).containsExactly("before", "after");
    }

    private static final class Hanging implements Waiting {
        final Semaphore begun = new Semaphore(0);
        final Semaphore interrupted = new Semaphore(0);
        final BlockingQueue<Duration> remaining = new LinkedBlockingQueue<>();

        @Override
        public void hang() throws InterruptedException {
            remaining.add(RemoteContext.current().remaining().orElseThrow());
            begun.release();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException ended) {
                interrupted.release();
                throw ended;
            }
        }

        void awaitBegun() throws InterruptedException {
            assertThat(begun.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        void awaitInterrupted() throws InterruptedException {
            assertThat(interrupted.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    @DisplayName("the deadline of the call is that of its callbacks")
    void deadline() throws Exception {
        Hanging hanging = new Hanging();
        Speaker hurried = ChaskiRemote.with(speaker, CallOptions.within(Duration.ofSeconds(3)));
        // The implementation gives in at the same moment, and on a busy machine its answer may be first.
        Throwable late = catchThrowable(() -> hurried.hang(hanging));
        assertThat(Stream.ofNullable(late)).allMatch(CallTimeoutException.class::isInstance);
        assertThat(hanging.remaining.take()).isLessThanOrEqualTo(Duration.ofSeconds(3));
        hanging.awaitInterrupted();
        String name = name();
        soon(() -> assertThatThrownBy(() -> callByName(server, name)).isInstanceOf(NoProviderException.class));
    }

    @Test
    void cancelling_the_call_interrupts_its_callback() throws Exception {
        interface Later {
            CompletableFuture<String> hang(Waiting waiting);
        }
        Hanging hanging = new Hanging();
        CompletableFuture<String> result =
                client.at(server.node().id()).proxy("speaker", Later.class).hang(hanging);
        hanging.awaitBegun();
        result.cancel(true);
        hanging.awaitInterrupted();
        assertThat(real.ends.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOfAny(InterruptedException.class, CancellationException.class);
        String name = name();
        soon(() -> assertThatThrownBy(() -> callByName(server, name)).isInstanceOf(NoProviderException.class));
    }

    @Test
    void losing_the_server_interrupts_the_callback() throws Exception {
        interface Later {
            CompletableFuture<String> hang(Waiting waiting);
        }
        Hanging hanging = new Hanging();
        CompletableFuture<String> result =
                client.at(server.node().id()).proxy("speaker", Later.class).hang(hanging);
        hanging.awaitBegun();
        server.node().close();
        hanging.awaitInterrupted();
        assertThatThrownBy(() -> get(result)).hasCauseInstanceOf(PeerLostException.class);
    }

    @Test
    void what_still_runs_when_the_implementation_returns_is_cancelled() throws Exception {
        Hanging hanging = new Hanging();
        BlockingQueue<CompletableFuture<Void>> left = new LinkedBlockingQueue<>();
        server.serve("leaving", Leaving.class, endless -> {
            left.add(endless.hang());
            hanging.awaitBegun();
            return "left";
        });
        assertThat(client.at(server.node().id()).proxy("leaving", Leaving.class).leave(() -> {
                    hanging.begun.release();
                    return new CompletableFuture<>();
                }))
                .isEqualTo("left");
        CompletableFuture<Void> hung = left.take();
        soon(() -> assertThat(hung).isCancelled());
    }

    interface Endless {
        CompletableFuture<Void> hang();
    }

    interface Leaving {
        String leave(Endless endless) throws InterruptedException;
    }

    interface Counting {
        int heard(String word, int times);
    }

    @Test
    void an_interface_that_does_not_fit_is_found_before_the_call() {
        interface Other {
            int say(String word, Counting listener);
        }
        Other other = client.at(server.node().id()).proxy("speaker", Other.class);
        assertThatThrownBy(() -> other.say("word", (word, times) -> 1))
                .isInstanceOf(SignatureMismatchException.class)
                .hasMessageContaining("int say(String,Counting#")
                .hasMessageContaining("int say(String,Listener#");
        assertThat(names).isEmpty();
    }

    @Test
    void names_of_the_library_cannot_be_served() {
        assertThatThrownBy(() -> client.serve("$callback/mine", Descent.class, left -> left))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names that begin with $");
    }
}
