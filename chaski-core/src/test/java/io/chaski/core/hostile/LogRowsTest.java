package io.chaski.core.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.MessageBody;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 111: what peers say must not speak through the log, and what they do must not flood it. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LogRowsTest {

    private static final String SECRET = "correct horse battery staple";

    @RegisterExtension
    static final Siege siege = new Siege();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b[2J\u001b[1;31mALARM",
                "mallory\r\n12:00:00.000 ERROR [main] Bank: all is lost",
                "${jndi:ldap://127.0.0.1/x}",
                "\u202eyrollam"
            })
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
