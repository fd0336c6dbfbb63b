package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Message;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In virtual time, where only the path takes any. */
@DisplayName("X-14: a reader that waits")
class PromptnessTest extends StreamFixture {

    private static final Topic<String> CONTROL = Topic.text("control");
    private static final Duration PATH = Duration.ofMillis(40);

    /** When the last one began or ended what a reader waits for. */
    private Duration toldAt = Duration.ZERO;

    private MessageStream<String> in;

    @BeforeEach
    void pair() throws InterruptedException {
        in = b.open(TEXT);
        pair(in);
        a.node().subscribe(CONTROL, message -> {});
        b.node()
                .subscribe(CONTROL, message -> {
                    toldAt = net.now();
                    in.close();
                })
                .awaitPaired(SOON);
        net.link("a", "b").latency(PATH);
        net.advance(SOON); // what was sent before has arrived
    }

    @DisplayName("ends at the moment of the close, in a loop")
    @Test
    void closeEndsALoop() {
        a.push(CONTROL, "close");
        List<String> heard = new ArrayList<>();
        for (Message<String> message : in) {
            heard.add(message.payload());
        }
        assertThat(toldAt).isPositive();
        assertThat(net.now()).isEqualTo(toldAt);
        assertThat(heard).isEmpty();
    }

    @DisplayName("ends at the moment of the close, in a poll that would wait for longer")
    @Test
    void closeEndsAPoll() throws InterruptedException {
        a.push(CONTROL, "close");
        assertThat(in.poll(Duration.ofMinutes(1))).isEmpty();
        assertThat(toldAt).isPositive();
        assertThat(net.now()).isEqualTo(toldAt);
    }

    @DisplayName("gets the first message as soon as the path allows, far below 100 ms")
    @Test
    void firstMessage() throws InterruptedException {
        Duration pushedAt = net.now();
        a.push(TEXT, "first");
        assertThat(in.poll(Duration.ofMinutes(1)).orElseThrow().payload()).isEqualTo("first");
        assertThat(net.now().minus(pushedAt)).isEqualTo(PATH);
    }

    @DisplayName("gets the first message as soon as the path allows, as a handler too")
    @Test
    void firstMessageOfAHandler() {
        List<Duration> heardAt = new ArrayList<>();
        in.onItem(message -> heardAt.add(net.now()));
        Duration pushedAt = net.now();
        a.push(TEXT, "first");
        net.advance(SOON);
        assertThat(heardAt).containsExactly(pushedAt.plus(PATH));
    }
}
