package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A topic of files")
@ChaskiTest
class FileTopicTest {

    private static final long LONG = Duration.ofSeconds(10).toNanos();

    @Test
    @DisplayName("is not left while somebody reads what is to be pushed there, and a while after that")
    void held(@Node("a") ChaskiNode node) {
        FileTopic topic = new FileTopic(node, "t", new Holdings(), new NoPolicies(), Runnable::run, 0);
        topic.hold();
        topic.tick(LONG);
        assertThat(topic.isIdle(LONG)).isFalse();
        assertThat(topic.isIdle(2 * LONG)).as("not even before the next tick").isFalse();

        topic.release();
        assertThat(topic.isIdle(LONG + 1)).isFalse();
        topic.tick(2 * LONG);
        assertThat(topic.isIdle(2 * LONG)).isTrue();
        topic.close();
    }
}
