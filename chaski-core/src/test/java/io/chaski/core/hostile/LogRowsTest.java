package io.chaski.core.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.MessageBody;
import io.chaski.core.internal.wire.StreamFrame.Open;
import io.chaski.core.internal.wire.StreamFrame.Reset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Row 111: what peers say must not speak through the log, and what they do must not flood it. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LogRowsTest {

    private static final String SECRET = "correct horse battery staple";

    @RegisterExtension
    static final Siege siege = new Siege();

    /** Names that want to be commands, lines, look-ups and other names. */
    static List<String> names() {
        return List.of(
                "\u001b[2J\u001b[1;31mALARM",
                "mallory\r\n12:00:00.000 ERROR [main] Bank: all is lost",
                "${jndi:ldap://127.0.0.1/x}",
                "\u202eyrollam");
    }

    @ParameterizedTest
    @MethodSource("names")
    void row_111_no_word_of_a_peer_speaks_through_the_log(String name) {
        try (HostilePeer stranger = siege.attack()) {
            stranger.send(new Hello(1, 1, name, name, stranger.self(), 42, 1 << 20, 0, 0));
            assertThat(stranger.awaitGoodbye()).isEqualTo(CloseReason.CLUSTER);
        }
        siege.awaitEvent(NodeEvent.HandshakeFailed.class, failed -> failed.reason() == CloseReason.CLUSTER);
        try (HostilePeer neighbour = siege.attack()) {
            neighbour.greet(new Hello(1, 1, Siege.CLUSTER, name, neighbour.self(), 42, 1 << 20, 0, 0));
            neighbour
                    .joinTopic(Siege.TALK.name())
                    .announceSource(1, neighbour.self().id(), 1);
            neighbour.sendData(1, 1, said(name, name, name));
            neighbour.sendData(1, 1, said(name, name, "another"));
            neighbour.send(
                    new InternTopic(5, name + '\0'),
                    new Open(1, 7, Map.of("key", name), 0, false, null),
                    new Reset(1, 7, name));
            neighbour.await(Refuse.class);
            siege.awaitEvent(NodeEvent.DecodeFailed.class, failed -> true);
            neighbour.sendFrame("06 01 30" + hex(name));
            assertThat(neighbour.awaitGoodbye()).isEqualTo(CloseReason.MALFORMED);
        }
        siege.awaitViolation(CloseReason.MALFORMED);

        assertThat(siege.log().lines()).noneMatch(line -> line.text().contains(name));
        assertThat(siege.log().lines()).allMatch(line -> line.text().chars().allMatch(c -> c >= ' ' && c <= '~'));
    }

    private static byte[] said(String by, String contentType, String payload) {
        long timestamp = System.currentTimeMillis() << 16;
        ArrayPayload bytes = ArrayPayload.owning(payload.getBytes(UTF_8));
        return new MessageBody(contentType, timestamp, by, by, Map.of(by, by), bytes)
                .encode()
                .toByteArray();
    }

    @ParameterizedTest
    @MethodSource("names")
    void row_111_the_name_of_a_peer_is_escaped(String name) {
        try (HostilePeer peer = siege.attack()) {
            peer.greet(new Hello(1, 1, Siege.CLUSTER, name, peer.self(), 42, 1 << 20, 0, 0));
            peer.awaitHandled();
            peer.send(new Goodbye(CloseReason.LEAVING, 0, name));
            peer.awaitEnd();

            Siege.eventually()
                    .untilAsserted(() -> assertThat(siege.log().lines())
                            .anyMatch(line -> line.text().contains("is up")
                                    && line.text().contains(peer.self().id().shortForm())));
            assertThat(siege.log().lines()).noneMatch(line -> line.text().contains(name));
            assertThat(siege.log().lines()).allMatch(line -> line.text().chars().allMatch(c -> c >= ' ' && c <= '~'));
            assertThat(siege.victim().snapshot().counters().keySet()).noneMatch(key -> key.contains(name));
        }
    }

    @Test
    void row_111_a_payload_never_appears_however_it_fails() {
        try (HostilePeer peer = siege.attack().greet().joinTopic(Siege.TALK.name())) {
            peer.announceSource(1, peer.self().id(), 1);
            peer.sendData(1, 1, Forged.text(SECRET).toByteArray());
            peer.sendData(
                    1,
                    2,
                    Forged.body(MessageBody.JSON, ("{\"" + SECRET).getBytes(UTF_8))
                            .toByteArray());
            peer.sendData(
                    1,
                    3,
                    Forged.body("application/" + SECRET, SECRET.getBytes(UTF_8)).toByteArray());
            peer.sendData(1, 4, SECRET.getBytes(UTF_8));
            peer.sendData(1, 1, Forged.text(SECRET + "!").toByteArray());
            peer.send(new InternTopic(5, SECRET + "\0"));
            peer.await(Refuse.class);
            siege.awaitEvent(NodeEvent.DecodeFailed.class, failed -> true);
            peer.sendFrame("06 01 30" + hex(SECRET));
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.MALFORMED);
        }
        siege.awaitViolation(CloseReason.MALFORMED);
        assertThat(siege.log().lines()).noneMatch(line -> line.text().contains("horse"));
        assertThat(siege.events()).noneMatch(event -> event.toString().contains("horse"));
    }

    @Test
    void row_111_a_hundred_violations_are_one_line() {
        for (int i = 0; i < 100; i++) {
            try (HostilePeer peer = siege.attack()) {
                peer.sendFrame("0b");
                assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.HELLO_EXPECTED);
            }
        }
        siege.awaitCounter("violation.HELLO_EXPECTED", 100);
        Siege.eventually()
                .untilAsserted(() -> assertThat(siege.log().warnings())
                        .filteredOn(line -> line.contains("HELLO_EXPECTED") && line.contains("broke a rule"))
                        .singleElement()
                        .asString()
                        .doesNotContain("not logged"));
    }

    private static String hex(String text) {
        StringBuilder hex = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            hex.append(String.format("%02x", b));
        }
        return hex.toString();
    }
}
