package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 58 to 61 and 86 to 91 of the hostile inputs, over the wire: a peer that speaks the bytes itself. */
class HostileCallsIT {

    private static final String ARGUMENTS_OF_ADD = "82" + "4101" + "4102";
    private static final AtomicBoolean GADGET_LOADED = new AtomicBoolean();
    private static final String GADGET = HostileCallsIT.class.getName() + "$Gadget";

    interface Target {
        int add(int a, int b);

        String echo(String text);

        byte[] bytes(int size);

        double endless(String how);

        String hang() throws InterruptedException;
    }

    /** Whoever reads it from a stream, or looks it up by name, sets the flag. */
    static final class Gadget implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        static {
            GADGET_LOADED.set(true);
        }

        @Serial
        private void readObject(ObjectInputStream in) {
            GADGET_LOADED.set(true);
        }
    }

    private static final class RealTarget implements Target {
        final AtomicInteger executions = new AtomicInteger();
        final Semaphore begun = new Semaphore(0);
        final CountDownLatch release = new CountDownLatch(1);

        @Override
        public int add(int a, int b) {
            executions.incrementAndGet();
            return a + b;
        }

        @Override
        public String echo(String text) {
            executions.incrementAndGet();
            return text;
        }

        @Override
        public byte[] bytes(int size) {
            return new byte[size];
        }

        @Override
        public double endless(String how) {
            return switch (how) {
                case "stack" -> 1 + endless(how);
                case "error" -> throw new AssertionError("an error");
                case "unserialisable" ->
                    throw new RuntimeException("keeps a thread") {
                        private static final long serialVersionUID = 1L;
                        private final Thread thread = Thread.currentThread();

                        @Override
                        public String getMessage() {
                            return thread.getName();
                        }
                    };
                default -> throw new IllegalStateException("x".repeat(1 << 20));
            };
        }

        @Override
        public String hang() throws InterruptedException {
            begun.release();
            release.await();
            return "done";
        }
    }

    /** What came back on one stream. */
    static final class Answer implements StreamListener {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CompletableFuture<byte[]> ended = new CompletableFuture<>();

        @Override
        public void onMessage(Stream stream, byte[] message) {
            bytes.writeBytes(message);
        }

        @Override
        public void onEnd(Stream stream) {
            ended.complete(bytes.toByteArray());
        }

        @Override
        public void onFailed(Stream stream, StreamException cause) {
            ended.completeExceptionally(cause);
        }

        /** The code of the failure that was answered. */
        String failure() throws Exception {
            byte[] answer = get(ended);
            assertThat(answer[0]).as("kind").isEqualTo((byte) 4);
            assertThat(answer[5]).as("an array of three texts").isEqualTo((byte) 0x83);
            return new String(answer, 7, answer[6] - 0x60, StandardCharsets.US_ASCII);
        }

        StreamCode reset() {
            try {
                get(ended);
                throw new AssertionError("it was answered");
            } catch (Exception failed) {
                return ((StreamException) failed.getCause()).code();
            }
        }
    }

    private static final String NO_SUCH_SERVICE = "1";
    private static final String NO_SUCH_METHOD = "2";
    private static final String BAD_ARGUMENTS = "3";
    private static final String BUSY = "4";

    private final Remotes remotes = Remotes.overTcp();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger ids = new AtomicInteger();
    private final RealTarget real = new RealTarget();
    private ChaskiRemote server;
    private ChaskiNode hostile;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote(
                "server",
                RemoteOptions.builder()
                        .maxPendingPerPeer(4)
                        .maxBodyBytes(1 << 20)
                        .build());
        server.serve("target", Target.class, real);
        hostile = remotes.node("hostile");
        get(hostile.connect(server.node().addresses().get(0)));
    }

    @AfterEach
    void close() {
        real.release.countDown();
        threads.shutdownNow();
        remotes.close();
    }

    static String key(String erased) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(erased.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 8);
    }

    private Map<String, String> headers(String service, String method) throws Exception {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("chaski-service", service);
        headers.put("chaski-method", key(method));
        headers.put("chaski-call", String.format("%032x", ids.incrementAndGet()));
        headers.put("chaski-attempt", "1");
        return headers;
    }

    private Answer send(Map<String, String> headers, byte[]... messages) throws Exception {
        StreamOptions.Builder options = StreamOptions.builder().deadline(LIMIT);
        headers.forEach(options::header);
        Answer answer = new Answer();
        Stream stream = get(hostile.streams().open(server.node().id(), "chaski.call", options.build(), answer));
        try {
            for (byte[] message : messages) {
                stream.send(message);
            }
        } catch (StreamException refused) {
            return answer; // which has come before everything was sent
        }
        stream.end();
        return answer;
    }

    private Answer call(String method, String arguments) throws Exception {
        return send(headers("target", method), body(1, HexFormat.of().parseHex(arguments)));
    }

    static byte[] body(int kind, byte[] content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) kind)
                .putInt(content.length)
                .put(content)
                .array();
    }

    private static String argument(byte[] encoded) {
        String length = String.format("5a%08x", encoded.length);
        return "81" + length + HexFormat.of().formatHex(encoded);
    }

    private void stillServes() throws Exception {
        assertThat(get(call("add(int,int)", ARGUMENTS_OF_ADD).ended)).containsExactly(2, 0, 0, 0, 1, 3);
    }

    @Test
    @DisplayName("row 86: an unknown service, and an unknown method")
    void unknown() throws Exception {
        assertThat(send(headers("nothing", "add(int,int)")).failure()).isEqualTo(NO_SUCH_SERVICE);
        assertThat(call("subtract(int,int)", ARGUMENTS_OF_ADD).failure()).isEqualTo(NO_SUCH_METHOD);
        assertThat(real.executions).hasValue(0);
        stillServes();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"getClass()", "wait()", "wait(long)", "hashCode()", "toString()", "notifyAll()", "equals(Object)"
            })
    @DisplayName("row 87: methods of Object are no methods")
    void objects(String method) throws Exception {
        assertThat(call(method, "80").failure()).isEqualTo(NO_SUCH_METHOD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"80", "814101", "83410141024103", "82426178" + "4102", "8241f64102", "f6", "a0", "82f64102", ""})
    @DisplayName("row 88: another number of arguments, another type, null for a primitive")
    void arguments(String arguments) throws Exception {
        assertThat(call("add(int,int)", arguments).failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(real.executions).hasValue(0);
        stillServes();
    }

    @Test
    @DisplayName("row 89: with room for 4 calls of a peer, its 5th is busy, and the others go on")
    void pending() throws Exception {
        List<Answer> hanging = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            hanging.add(call("hang()", "80"));
        }
        assertThat(real.begun.tryAcquire(4, LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(call("hang()", "80").failure()).isEqualTo(BUSY);
        real.release.countDown();
        for (Answer each : hanging) {
            assertThat(get(each.ended)[0]).isEqualTo((byte) 2);
        }
        soon(this::stillServes);
    }

    @Test
    @DisplayName("row 89: a caller that may have 2 calls under way refuses its own 3rd at once")
    void tooManyHere() throws Exception {
        ChaskiRemote caller = ChaskiRemote.on(
                hostile, RemoteOptions.builder().maxPendingPerPeer(2).build());
        interface Later {
            CompletableFuture<String> hang();
        }
        Later later = caller.at(server.node().id()).proxy("target", Later.class, CallOptions.within(LIMIT));
        CompletableFuture<String> first = later.hang();
        CompletableFuture<String> second = later.hang();
        assertThatThrownBy(() -> get(later.hang())).hasCauseInstanceOf(PeerBusyException.class);
        real.release.countDown();
        assertThat(get(first) + get(second)).isEqualTo("donedone");
    }

    @Test
    @DisplayName("row 89: a second answer, and one that nobody asked for, are ignored")
    void secondAnswer() throws Exception {
        hostile.streams().serve("chaski.describe", stream -> (same, message) -> describe(same));
        hostile.streams().serve("chaski.call", stream -> (same, message) -> answerTwice(same));
        interface Adder {
            int add(int a, int b);
        }
        Adder adder = server.at(hostile.id()).proxy("liar", Adder.class, CallOptions.within(LIMIT));
        assertThat(adder.add(1, 2)).isEqualTo(7);
        assertThat(adder.add(1, 2)).isEqualTo(7);
        assertThat(send(headers("target", "add(int,int)"), body(2, new byte[] {1}))
                        .reset())
                .isEqualTo(StreamCode.REFUSED);
        stillServes();
    }

    @Test
    @DisplayName(
            "row 89: an answer belongs to its stream: what another peer says under the id of the call changes nothing")
    void answerOfAnother() throws Exception {
        ChaskiNode honest = remotes.node("honest");
        get(honest.connect(server.node().addresses().get(0)));
        CompletableFuture<Stream> asked = new CompletableFuture<>();
        honest.streams().serve("chaski.describe", stream -> (same, message) -> describe(same));
        honest.streams().serve("chaski.call", stream -> (same, message) -> asked.complete(same));
        interface Adder {
            CompletableFuture<Integer> add(int a, int b);
        }
        Adder adder = server.at(honest.id()).proxy("adder", Adder.class, CallOptions.within(LIMIT));
        CompletableFuture<Integer> sum = adder.add(1, 2);
        Stream ofTheCall = get(asked);
        Map<String, String> stolen = new LinkedHashMap<>(ofTheCall.headers());
        assertThat(send(stolen, body(2, new byte[] {99})).failure()).isEqualTo(NO_SUCH_SERVICE);
        stolen.put("chaski-service", "target");
        assertThat(send(stolen, body(2, new byte[] {99})).reset()).isEqualTo(StreamCode.REFUSED);
        assertThat(sum).isNotDone();
        ofTheCall.send(body(2, new byte[] {3}));
        ofTheCall.end();
        assertThat(get(sum)).isEqualTo(3);
    }

    private static void describe(Stream stream) {
        try {
            String line = key("add(int,int)") + " int add(int,int)";
            byte[] text = line.getBytes(StandardCharsets.US_ASCII);
            byte[] description = ByteBuffer.allocate(10 + text.length)
                    .put((byte) 0x82)
                    .put((byte) 0x66)
                    .put("SERVED".getBytes(StandardCharsets.US_ASCII))
                    .put((byte) 0x78)
                    .put((byte) text.length)
                    .put(text)
                    .array();
            stream.send(description);
            stream.end();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static void answerTwice(Stream stream) {
        stream.offer(body(2, new byte[] {7}));
        try {
            stream.offer(body(2, new byte[] {8}));
            stream.offer(new byte[0]);
        } catch (StreamException ended) {
            return; // the caller has what it wanted
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stack", "error", "unserialisable", "long"})
    @DisplayName("row 90: a target that throws anything is a text, and the thread survives")
    void throwing(String how) throws Exception {
        ChaskiRemote caller = ChaskiRemote.on(hostile);
        Target target = caller.at(server.node().id()).proxy("target", Target.class, CallOptions.within(LIMIT));
        for (int i = 0; i < 40; i++) {
            assertThatThrownBy(() -> target.endless(how)).isInstanceOfSatisfying(RemoteCallException.class, failed -> {
                assertThat(failed.remoteMessage().length()).isLessThanOrEqualTo(1_024);
                assertThat(failed.getCause()).isNull();
            });
        }
        assertThat(target.add(1, 2)).isEqualTo(3);
    }

    @Test
    @DisplayName("security 3.7: of what a target throws its type and its message leave the node, and nothing else")
    void trace() throws Exception {
        byte[] answer = get(call("endless(String)", "81" + "46" + "65" + "6572726f72").ended);
        String text = new String(answer, StandardCharsets.US_ASCII);
        assertThat(text).contains("java.lang.AssertionError", "an error").doesNotContain("HostileCallsIT", "endless");
        assertThat(answer).hasSizeLessThan(100);
    }

    @Test
    @DisplayName("row 90: a result that is too large is a failure with a reason")
    void hugeResult() {
        ChaskiRemote caller = ChaskiRemote.on(hostile);
        Target target = caller.at(server.node().id()).proxy("target", Target.class, CallOptions.within(LIMIT));
        assertThatThrownBy(() -> target.bytes(2 << 20))
                .isInstanceOf(BadAnswerException.class)
                .hasMessageContaining("too large");
        assertThatThrownBy(() -> target.echo("x".repeat((1 << 20) + 1))).isInstanceOf(BadArgumentsException.class);
        assertThat(real.executions).hasValue(0);
    }

    @Test
    @DisplayName("row 91: a caller that opens and cancels without end has no more threads than slots")
    void rapidReset() throws Exception {
        for (int i = 0; i < 50; i++) {
            StreamOptions.Builder options = StreamOptions.builder().deadline(LIMIT);
            headers("target", "hang()").forEach(options::header);
            Stream stream =
                    get(hostile.streams().open(server.node().id(), "chaski.call", options.build(), new Answer()));
            stream.send(body(1, new byte[] {(byte) 0x80}));
            stream.cancel();
        }
        soon(this::stillServes);
    }

    @Test
    @DisplayName("rows 58 and 59: nested too deep, and lengths that lie")
    void deep() throws Exception {
        byte[] nested = new byte[10_001];
        Arrays.fill(nested, (byte) 0x81);
        assertThat(call("echo(String)", argument(nested)).failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(call("echo(String)", HexFormat.of().formatHex(nested)).failure())
                .isEqualTo(BAD_ARGUMENTS);
        assertThat(call("echo(String)", "9a80000000010203").failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(send(headers("target", "echo(String)"), new byte[] {1, 0x7f, -1, -1, -1, 1, 2, 3})
                        .reset())
                .isEqualTo(StreamCode.REFUSED);
        stillServes();
    }

    @Test
    @DisplayName("row 60: a text of more than 1 MiB, and a number of a million digits")
    void large() throws Exception {
        byte[] text = new byte[(1 << 20) - 10_000]; // a long text is encoded in chunks, which take some bytes
        Arrays.fill(text, (byte) 'x');
        ByteBuffer.wrap(text).put((byte) 0x7a).putInt(text.length - 5);
        assertThat(get(send(headers("target", "echo(String)"), pieces(text)).ended)[0])
                .isEqualTo((byte) 2);
        byte[] number = new byte[500_000];
        ByteBuffer.wrap(number)
                .put((byte) 0xc2)
                .put((byte) 0x5a)
                .putInt(number.length - 6)
                .put((byte) 1);
        assertThat(send(headers("target", "echo(String)"), pieces(number)).failure())
                .isEqualTo(BAD_ARGUMENTS);
        stillServes();
    }

    private static byte[][] pieces(byte[] argument) {
        byte[] body = body(1, HexFormat.of().parseHex(argument(argument)));
        int half = body.length / 2;
        return new byte[][] {Arrays.copyOf(body, half), Arrays.copyOfRange(body, half, body.length)};
    }

    @Test
    @DisplayName("row 61: a Java serialisation stream and the names of gadgets are opaque, and no class is loaded")
    void gadgets() throws Exception {
        String gadget = GADGET;
        byte[] bytes = serialisedGadget();

        assertThat(send(headers("target", "echo(String)"), body(1, bytes)).failure())
                .isEqualTo(BAD_ARGUMENTS);
        assertThat(call("echo(String)", argument(bytes)).failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(send(headers(gadget, "readObject()"), body(1, bytes)).failure())
                .isEqualTo(NO_SUCH_SERVICE);
        assertThat(send(headers("target", gadget + "()"), body(1, bytes)).failure())
                .isEqualTo(NO_SUCH_METHOD);
        byte[] name = gadget.getBytes(StandardCharsets.UTF_8);
        byte[] text = ByteBuffer.allocate(2 + name.length)
                .put((byte) 0x78)
                .put((byte) name.length)
                .put(name)
                .array();
        assertThat(new String(get(call("echo(String)", argument(text)).ended), StandardCharsets.UTF_8))
                .contains(gadget);

        assertThat(GADGET_LOADED).isFalse();
        stillServes();
    }

    /** Reads the same bytes as a careless server would, with classes of its own, so that the real gadget stays unloaded. */
    @Test
    void the_alarm_of_row_61_works() throws Exception {
        ClassLoader twins = new ClassLoader(HostileCallsIT.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean isResolved) throws ClassNotFoundException {
                return name.startsWith(HostileCallsIT.class.getName()) ? twin(name) : super.loadClass(name, isResolved);
            }

            private Class<?> twin(String name) throws ClassNotFoundException {
                Class<?> known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    byte[] code = in.readAllBytes();
                    return defineClass(name, code, 0, code.length);
                } catch (IOException failed) {
                    throw new ClassNotFoundException(name, failed);
                }
            }
        };
        ObjectInputStream careless = new ObjectInputStream(new ByteArrayInputStream(serialisedGadget())) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass described) throws ClassNotFoundException {
                return Class.forName(described.getName(), false, twins);
            }
        };
        Object read = careless.readObject();
        assertThat(read.getClass().getName()).isEqualTo(GADGET);
        Field flag = twins.loadClass(HostileCallsIT.class.getName()).getDeclaredField("GADGET_LOADED");
        flag.setAccessible(true);
        assertThat((AtomicBoolean) flag.get(null)).isTrue();
        assertThat(GADGET_LOADED).isFalse();
    }

    /** What an ObjectOutputStream writes for a gadget, by hand: writing one would load the class. */
    private static byte[] serialisedGadget() {
        byte[] name = GADGET.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + name.length + 8 + 1 + 2 + 2)
                .putShort(ObjectStreamConstants.STREAM_MAGIC)
                .putShort(ObjectStreamConstants.STREAM_VERSION)
                .put(ObjectStreamConstants.TC_OBJECT)
                .put(ObjectStreamConstants.TC_CLASSDESC)
                .putShort((short) name.length)
                .put(name)
                .putLong(1) // its serialVersionUID
                .put(ObjectStreamConstants.SC_SERIALIZABLE)
                .putShort((short) 0) // fields
                .put(ObjectStreamConstants.TC_ENDBLOCKDATA)
                .put(ObjectStreamConstants.TC_NULL) // no parent
                .array();
    }

    @Test
    void headers_that_are_missing_or_wrong_and_a_call_without_a_deadline_are_refused() throws Exception {
        for (String name : List.of("chaski-service", "chaski-method", "chaski-call", "chaski-attempt")) {
            Map<String, String> missing = headers("target", "add(int,int)");
            missing.remove(name);
            assertThat(send(missing).reset()).isEqualTo(StreamCode.REFUSED);
            Map<String, String> wrong = headers("target", "add(int,int)");
            wrong.put(name, "\u00e9");
            if (name.equals("chaski-service")) {
                assertThat(send(wrong).failure()).isEqualTo(NO_SUCH_SERVICE);
            } else {
                assertThat(send(wrong).reset()).isEqualTo(StreamCode.REFUSED);
            }
        }
        StreamOptions.Builder endless = StreamOptions.builder();
        headers("target", "add(int,int)").forEach(endless::header);
        Answer answer = new Answer();
        get(hostile.streams().open(server.node().id(), "chaski.call", endless.build(), answer));
        assertThat(answer.reset()).isEqualTo(StreamCode.REFUSED);
        stillServes();
    }

    @Test
    void a_call_id_that_comes_twice_is_executed_once_and_gets_the_same_answer() throws Exception {
        Map<String, String> same = headers("target", "add(int,int)");
        byte[] body = body(1, HexFormat.of().parseHex(ARGUMENTS_OF_ADD));
        byte[] first = get(send(same, body).ended);
        same.put("chaski-attempt", "2");
        assertThat(get(send(same, body).ended)).isEqualTo(first);
        assertThat(real.executions).hasValue(1);
    }

    @Test
    void a_call_id_that_comes_twice_at_once_is_executed_once() throws Exception {
        Map<String, String> same = headers("target", "hang()");
        byte[] body = body(1, new byte[] {(byte) 0x80});
        Answer first = send(same, body);
        Answer second = send(same, body);
        assertThat(real.begun.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        real.release.countDown();
        assertThat(get(first.ended)).isEqualTo(get(second.ended));
        assertThat(real.begun.tryAcquire()).isFalse();
    }

    @Test
    void arguments_that_end_too_soon_execute_nothing() throws Exception {
        StreamOptions.Builder options = StreamOptions.builder().deadline(Duration.ofSeconds(30));
        headers("target", "add(int,int)").forEach(options::header);
        Answer answer = new Answer();
        Stream stream = get(hostile.streams().open(server.node().id(), "chaski.call", options.build(), answer));
        stream.send(new byte[] {1, 0, 0, 0, 5, (byte) 0x82, 0x41});
        stream.end();
        assertThat(answer.reset()).isEqualTo(StreamCode.REFUSED);
        assertThat(real.executions).hasValue(0);
        stillServes();
    }

    @Test
    void an_answer_that_is_no_answer_fails_the_call_and_nothing_else() throws Exception {
        hostile.streams().serve("chaski.describe", stream -> (same, message) -> describe(same));
        AtomicInteger turn = new AtomicInteger();
        byte[][] answers = {
            new byte[] {1},
            new byte[] {9, 0, 0, 0, 0},
            new byte[] {2, 0x7f, -1, -1, -1},
            new byte[] {2, 0, 0, 0, 1, -1},
            new byte[] {3, 0, 0, 0, 1, 0},
            new byte[] {4, 0, 0, 0, 1, 0},
            new byte[] {2, 0, 0, 0, 1, (byte) 0xf6}
        };
        hostile.streams().serve("chaski.call", stream -> (same, message) -> {
            same.offer(answers[turn.getAndIncrement()]);
            same.end();
        });
        interface Adder {
            int add(int a, int b);
        }
        Adder adder = server.at(hostile.id()).proxy("liar", Adder.class, CallOptions.within(LIMIT));
        for (int i = 0; i < answers.length; i++) {
            Future<Integer> call = threads.submit(() -> adder.add(1, 2));
            assertThatThrownBy(() -> get(call)).hasCauseInstanceOf(BadAnswerException.class);
        }
        stillServes();
    }
}
