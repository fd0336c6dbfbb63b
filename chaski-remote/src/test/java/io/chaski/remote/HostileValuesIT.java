package io.chaski.remote;

import static io.chaski.remote.HostileCallsIT.body;
import static io.chaski.remote.HostileCallsIT.key;
import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamOptions;
import io.chaski.remote.HostileCallsIT.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows 60 and 61 of the hostile inputs, and what a peer may send in place of a callback. */
class HostileValuesIT {

    private static final String BAD_ARGUMENTS = "3";
    private static final String REMOTE_ERROR = "6";
    private static final AtomicBoolean GADGET_LOADED = new AtomicBoolean();
    private static final AtomicBoolean VICTIM_LOADED = new AtomicBoolean();

    record Point(int x, int y) {}

    interface Target {
        int add(int a, int b);

        String echo(String text);

        byte[] bytes(byte[] bytes);

        double number(double x);

        int total(Map<String, Integer> map);

        String show(Point point);

        int count(List<String> items);

        String watch(Runnable callback);
    }

    private static final class RealTarget implements Target {
        final AtomicInteger watched = new AtomicInteger();

        @Override
        public int add(int a, int b) {
            return a + b;
        }

        @Override
        public String echo(String text) {
            return text;
        }

        @Override
        public byte[] bytes(byte[] bytes) {
            return bytes;
        }

        @Override
        public double number(double x) {
            return x;
        }

        @Override
        public int total(Map<String, Integer> map) {
            return map.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override
        public String show(Point point) {
            return point.toString();
        }

        @Override
        public int count(List<String> items) {
            return items.size();
        }

        @Override
        public String watch(Runnable callback) {
            watched.incrementAndGet();
            if (callback != null) {
                callback.run();
            }
            return "watched";
        }
    }

    /** Its name in a stream is replaced by that of the gadget, which has as many letters. */
    static final class Decoy0 implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;
    }

    /** Whoever reads it from a stream, or looks it up by name, sets the flag. */
    static final class Gadget implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        static {
            GADGET_LOADED.set(true);
        }
    }

    /** A twin of the gadget, so that the real one stays unloaded whatever order the tests run in. */
    static final class Victim implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        static {
            VICTIM_LOADED.set(true);
        }
    }

    /** Remembers who was looked for by name; all threads of the nodes have it. */
    private static final class RecordingLoader extends ClassLoader {
        final Queue<String> asked = new ConcurrentLinkedQueue<>();

        RecordingLoader() {
            super(HostileValuesIT.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            asked.add(name);
            return super.loadClass(name, resolve);
        }
    }

    private final Remotes remotes = Remotes.overTcp();
    private final AtomicInteger ids = new AtomicInteger();
    private final RealTarget real = new RealTarget();
    private final RecordingLoader loader = new RecordingLoader();
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final Queue<Runnable> closers = new ConcurrentLinkedQueue<>();
    private ChaskiRemote server;
    private ChaskiNode hostile;

    @BeforeEach
    void serve() throws Exception {
        Thread.currentThread().setContextClassLoader(loader);
        server = remotes.remote(
                "server", RemoteOptions.builder().maxBodyBytes(4 << 20).build());
        server.serve("target", Target.class, real);
        hostile = remotes.node("hostile");
        get(hostile.connect(server.node().addresses().get(0)));
    }

    @AfterEach
    void close() {
        Thread.currentThread().setContextClassLoader(before);
        remotes.close();
    }

    /** Calls a method with one argument, or with whatever stands for the arguments. */
    private Answer send(String method, byte[] arguments) throws Exception {
        StreamOptions options = StreamOptions.builder()
                .deadline(LIMIT)
                .header("chaski-service", "target")
                .header("chaski-method", key(method))
                .header("chaski-call", String.format("%032x", ids.incrementAndGet()))
                .header("chaski-attempt", "1")
                .build();
        Answer answer = new Answer();
        Stream stream = get(hostile.streams().open(server.node().id(), "chaski.call", options, answer));
        byte[] whole = body(1, arguments);
        for (int from = 0; from < whole.length; from += 256 << 10) {
            stream.send(Arrays.copyOfRange(whole, from, Math.min(whole.length, from + (256 << 10))));
        }
        stream.end();
        return answer;
    }

    private Answer call(String method, byte[] argument) throws Exception {
        return send(
                method,
                ByteBuffer.allocate(6 + argument.length)
                        .put((byte) 0x81)
                        .put((byte) 0x5a)
                        .putInt(argument.length)
                        .put(argument)
                        .array());
    }

    private Answer call(String method, String hex) throws Exception {
        return call(method, HexFormat.of().parseHex(hex));
    }

    private static byte[] cbor(Object value) {
        return PayloadCodec.cbor().encode(value, Object.class);
    }

    /** What the method returned, as CBOR. */
    private static byte[] value(Answer answer) throws Exception {
        byte[] bytes = get(answer.ended);
        assertThat(bytes[0]).as("kind").isEqualTo((byte) 2);
        return Arrays.copyOfRange(bytes, 5, bytes.length);
    }

    /** A stream that makes an object of a class of six letters if anybody reads it. */
    private static byte[] planted(String className) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
            objects.writeObject(new Decoy0());
        }
        String stream = out.toString(StandardCharsets.ISO_8859_1).replace("Decoy0", className);
        return stream.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String gadget() {
        return HostileValuesIT.class.getName() + "$Gadget";
    }

    private void assertNothingLoaded() {
        assertThat(GADGET_LOADED).isFalse();
        assertThat(loader.asked).noneMatch(name -> name.contains("Gadget"));
    }

    @Test
    void row_60_a_text_above_1_MiB_is_refused() throws Exception {
        byte[] text = new byte[5 + (1 << 20) + 1];
        Arrays.fill(text, (byte) 'x');
        ByteBuffer.wrap(text).put((byte) 0x7a).putInt(text.length - 5);
        assertThat(call("echo(String)", text).failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(value(call("echo(String)", cbor("short")))).isEqualTo(cbor("short"));
    }

    @Test
    void row_60_a_key_twice_is_refused() throws Exception {
        assertThat(call("show(Point)", "a3" + "617801" + "617802" + "617903").failure())
                .isEqualTo(BAD_ARGUMENTS);
        assertThat(call("total(Map)", "a2" + "616101" + "616102").failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(value(call("total(Map)", "a2" + "616101" + "616202"))).containsExactly(3);
    }

    @Test
    void row_60_odd_numbers_are_themselves_and_no_keys() throws Exception {
        for (String odd : List.of("fb7ff8000000000000", "fb8000000000000000", "fb7ff0000000000000")) {
            assertThat(HexFormat.of().formatHex(value(call("number(double)", odd))))
                    .isEqualTo(odd);
            assertThat(call("total(Map)", "a1" + odd + "01").failure()).isEqualTo(BAD_ARGUMENTS);
        }
    }

    @Test
    void row_61_a_serialised_object_as_argument_or_as_item_is_bytes() throws Exception {
        byte[] stream = planted("Gadget");
        assertThat(send("echo(String)", stream).failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(call("echo(String)", stream).failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(call("show(Point)", stream).failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(call("show(Point)", cbor(stream)).failure()).isEqualTo(BAD_ARGUMENTS);
        assertThat(value(call("bytes(byte[])", cbor(stream)))).isEqualTo(cbor(stream));
        assertThat(value(call("count(List)", cbor(List.of(stream))))).containsExactly(1);
        assertThat(call("watch(Runnable)", cbor(stream)).failure()).isEqualTo(BAD_ARGUMENTS);
        assertNothingLoaded();
    }

    /** What other readers of objects would run, and what would be put in the place of an entity. */
    @Test
    void row_61_a_pickle_and_an_xml_document_are_texts_and_nothing_is_run_or_read(@TempDir Path directory)
            throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "the secret");
        Path made = directory.resolve("made");
        String pickle = "cposix\nsystem\n(S'touch " + made + "'\ntR.";
        String xml = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]><x>&e;</x>";
        for (String planted : List.of(pickle, xml)) {
            byte[] bytes = planted.getBytes(StandardCharsets.UTF_8);
            assertThat(send("echo(String)", bytes).failure()).isEqualTo(BAD_ARGUMENTS);
            assertThat(call("echo(String)", bytes).failure()).isEqualTo(BAD_ARGUMENTS);
            assertThat(call("show(Point)", bytes).failure()).isEqualTo(BAD_ARGUMENTS);
            assertThat(call("show(Point)", cbor(planted)).failure()).isEqualTo(BAD_ARGUMENTS);
            assertThat(value(call("echo(String)", cbor(planted)))).isEqualTo(cbor(planted));
            assertThat(value(call("bytes(byte[])", cbor(bytes)))).isEqualTo(cbor(bytes));
        }
        assertThat(made).doesNotExist();
    }

    @Test
    void row_61_the_name_of_a_class_in_a_value_is_a_text() throws Exception {
        for (String property : List.of("@class", "@type", "@c", "type")) {
            byte[] point = cbor(Map.of(property, gadget(), "x", 1, "y", 2));
            assertThat(value(call("show(Point)", point))).isEqualTo(cbor("Point[x=1, y=2]"));
        }
        assertThat(call("show(Point)", cbor(List.of(gadget(), Map.of("x", 1, "y", 2))))
                        .failure())
                .isEqualTo(BAD_ARGUMENTS);
        assertThat(call("show(Point)", cbor(Map.of(gadget(), Map.of("x", 1, "y", 2))))
                        .failure())
                .isEqualTo(BAD_ARGUMENTS);
        assertNothingLoaded();
    }

    interface Liar {
        int number();

        byte[] bytes();

        Point point();
    }

    /** Describes a service as the liar's, and answers every call with the same body. */
    private void lie(byte[] answer) throws Exception {
        List<String> description = List.of(
                "SERVED",
                key("number()") + " int number()",
                key("bytes()") + " byte[] bytes()",
                key("point()") + " Point point()");
        var describing = hostile.streams().serve("chaski.describe", stream -> (same, message) -> {
            same.offer(cbor(description));
            same.end();
        });
        var answering = hostile.streams().serve("chaski.call", stream -> (same, message) -> {
            try {
                same.offer(answer);
                same.end();
            } catch (StreamException ended) {
                return; // the caller has what it wanted
            }
        });
        closers.add(() -> {
            describing.close();
            answering.close();
        });
    }

    private void tellTheTruth() {
        closers.forEach(Runnable::run);
        closers.clear();
    }

    @Test
    void row_61_a_serialised_object_as_result_is_bytes_and_the_name_of_an_error_a_text() throws Exception {
        RemotePeer peer = server.at(hostile.id());
        Liar liar = peer.proxy("liar", Liar.class, CallOptions.within(LIMIT));
        byte[] stream = planted("Gadget");

        lie(body(2, stream));
        assertThatThrownBy(liar::number).isInstanceOf(BadAnswerException.class);
        assertThatThrownBy(liar::bytes).isInstanceOf(BadAnswerException.class);
        assertThatThrownBy(liar::point).isInstanceOf(BadAnswerException.class);
        assertThatThrownBy(() -> peer.dynamic("liar").call("point")).isInstanceOf(BadAnswerException.class);
        tellTheTruth();

        lie(body(2, cbor(stream)));
        assertThat(liar.bytes()).isEqualTo(stream);
        assertThatThrownBy(liar::point).isInstanceOf(BadAnswerException.class);
        assertThat(peer.dynamic("liar").call("point").value()).isEqualTo(stream);
        tellTheTruth();

        lie(body(2, cbor(Map.of("@class", gadget(), "x", 1, "y", 2))));
        assertThat(liar.point()).isEqualTo(new Point(1, 2));
        DynamicResult untyped = peer.dynamic("liar").call("point");
        assertThat(untyped.value()).isEqualTo(Map.of("@class", gadget(), "x", 1L, "y", 2L));
        assertThat(untyped.as(Point.class)).isEqualTo(new Point(1, 2));
        tellTheTruth();

        lie(body(3, cbor(List.of(gadget(), "message"))));
        assertThatThrownBy(liar::number)
                .isInstanceOfSatisfying(
                        RemoteCallException.class,
                        failed -> assertThat(failed.remoteType()).isEqualTo(gadget()));
        assertNothingLoaded();
    }

    @Test
    void the_alarm_of_row_61_works() throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(planted("Victim")))) {
            assertThat(in.readObject()).isInstanceOf(Victim.class);
        }
        assertThat(VICTIM_LOADED).isTrue();
        Class.forName(HostileValuesIT.class.getName() + "$Victim", false, loader);
        assertThat(loader.asked).anyMatch(name -> name.contains("Victim"));
    }

    @Test
    void what_is_no_name_of_a_callback_or_one_of_another_interface_is_a_bad_argument() throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("void run()".getBytes(StandardCharsets.UTF_8));
        String right = "$callback/" + "0".repeat(32) + "#" + HexFormat.of().formatHex(hash, 0, 8);
        for (Object wrong : List.of(
                "",
                "target",
                "$callback/",
                right + "0",
                right.substring(1),
                "$callback/" + "0".repeat(32) + "#" + "0".repeat(16),
                right.replace("$callback/0", "$callback/g"),
                7,
                List.of(right),
                Map.of("name", right))) {
            assertThat(call("watch(Runnable)", cbor(wrong)).failure())
                    .as("%s", wrong)
                    .isEqualTo(BAD_ARGUMENTS);
        }
        assertThat(real.watched).hasValue(0);
        assertThat(value(call("watch(Runnable)", cbor(null)))).isEqualTo(cbor("watched"));
        assertThat(call("watch(Runnable)", cbor(right)).failure())
                .as("the implementation calls back whom there is not")
                .isEqualTo(REMOTE_ERROR);
        assertThat(real.watched).hasValue(2);
    }
}
