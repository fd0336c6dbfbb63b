package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** N33: the bytes of each frame, as the specification prints them. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GoldenVectorsTest {

    /** Two nodes of one version read each other whatever their builds: a version's vectors never change. */
    private static final Map<Integer, String> SHA_256_OF_VERSION =
            Map.of(1, "9970121eb810e0d048a40d9a8ec50149d9f8dccc6a2f7685c3f4bf038710342e");

    /** Frames that need others before them. */
    private static final Set<Integer> STATEFUL =
            Set.of(FrameType.HELLO, FrameType.HELLO_ACK, FrameType.DATA_BEGIN, FrameType.DATA_PART);

    private final Map<String, byte[]> vectors = Vectors.read(ProtocolVersion.CURRENT);

    @Test
    void the_vectors_of_a_version_are_frozen_and_a_change_needs_a_new_version() throws Exception {
        Map<Integer, String> actual = new TreeMap<>();
        for (int version = 1; version <= ProtocolVersion.CURRENT; version++) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Vectors.file(version));
            actual.put(version, ByteBufUtil.hexDump(digest));
        }
        assertThat(actual).isEqualTo(SHA_256_OF_VERSION);
    }

    @Test
    void types_that_came_later_can_be_skipped() {
        Map<String, byte[]> frozen = new LinkedHashMap<>(vectors);
        String lines = new String(Vectors.file(ProtocolVersion.CURRENT), StandardCharsets.US_ASCII);
        frozen.keySet().removeIf(name -> name.startsWith("UDP.") || lines.contains("\n" + name + " "));
        assertThat(frozen)
                .isNotEmpty()
                .allSatisfy((name, bytes) -> assertThat(bytes[WireLimits.LENGTH_BYTES] & FrameType.SKIPPABLE)
                        .as(name)
                        .isNotZero());
    }

    @Test
    void every_sample_is_encoded_as_its_vector() {
        Map<String, String> expected = new LinkedHashMap<>();
        vectors.forEach((name, bytes) -> expected.put(name, ByteBufUtil.hexDump(bytes)));
        assertThat(Vectors.encodeSamples()).isEqualTo(expected);
    }

    @Test
    void every_frame_type_has_a_vector() throws Exception {
        Map<Integer, String> declared = new TreeMap<>();
        for (Field field : FrameType.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && !field.getName().equals("SKIPPABLE")) {
                declared.put(field.getInt(null), field.getName());
            }
        }
        Map<Integer, String> covered = new TreeMap<>();
        vectors.forEach((name, bytes) -> {
            if (!name.startsWith("UDP.") && !name.startsWith("BODY.") && !name.contains(".")) {
                covered.put(bytes[WireLimits.LENGTH_BYTES] & 0xff, name);
            }
        });
        assertThat(covered).isEqualTo(declared);
    }

    @Test
    void every_datagram_type_has_a_vector() {
        TreeSet<Object> covered = new TreeSet<>();
        Samples.datagrams()
                .values()
                .forEach(datagram -> covered.add(datagram.getClass().getName()));
        TreeSet<Object> declared = new TreeSet<>();
        for (Class<?> type : Datagram.class.getPermittedSubclasses()) {
            declared.add(type.getName());
        }
        assertThat(covered).isEqualTo(declared);
    }

    @Nested
    class Decoded {

        @Test
        void each_frame_vector_is_its_sample() {
            Map<String, Object> decoded = new LinkedHashMap<>();
            Map<String, Object> expected = new LinkedHashMap<>(Samples.frames());
            expected.putAll(Samples.data());
            for (String name : expected.keySet()) {
                decoded.put(name, decodeFrame(vector(name)));
            }
            assertThat(decoded).isEqualTo(expected);
        }

        @Test
        void each_datagram_vector_is_its_sample() {
            List<Object> decoded = new ArrayList<>();
            DatagramSink sink = new DatagramSink() {
                @Override
                public void onDatagram(Datagram datagram) {
                    decoded.add(datagram);
                }

                @Override
                public void onRejected(Rejection why) {
                    fail("rejected: " + why);
                }
            };
            DatagramCodec codec = new DatagramCodec();
            Samples.datagrams().keySet().forEach(name -> codec.decode(Unpooled.wrappedBuffer(vector(name)), sink));
            assertThat(decoded)
                    .isEqualTo(new ArrayList<Object>(Samples.datagrams().values()));
        }

        @Test
        void each_body_vector_is_its_sample() {
            Map<String, MessageBody> decoded = new LinkedHashMap<>();
            Samples.bodies()
                    .keySet()
                    .forEach(name -> decoded.put(name, MessageBody.decode(ArrayPayload.owning(vector(name)))));
            assertThat(decoded).isEqualTo(Samples.bodies());
        }

        private byte[] vector(String name) {
            return Objects.requireNonNull(vectors.get(name), name);
        }

        private Object decodeFrame(byte[] bytes) {
            Recorder recorder = new Recorder();
            WireReader fields = new WireReader().over(Unpooled.wrappedBuffer(bytes), 4, bytes.length);
            int type = bytes[4];
            if (STATEFUL.contains(type)) {
                return FrameFields.readKnown(fields.u8(), fields);
            }
            new EstablishedStage(new MessageParts(1 << 20, new UnfinishedMessages(1 << 20), () -> {}))
                    .deliver(fields, recorder);
            assertThat(recorder.seen()).hasSize(1);
            return recorder.seen().get(0);
        }
    }
}
