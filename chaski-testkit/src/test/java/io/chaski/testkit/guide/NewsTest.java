package io.chaski.testkit.guide;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Inbox;
import io.chaski.testkit.Node;
import java.time.Duration;
import org.junit.jupiter.api.Test;

// #region news
@ChaskiTest(
        nodes = {"a", "b", "c"},
        seed = 42)
class NewsTest {

    static final Topic<String> NEWS = Topic.text("news");

    @Test
    void news_survive_a_partition(ChaskiNetwork net, @Node("a") ChaskiNode a, @Node("c") ChaskiNode c) {
        Inbox<String> inbox = net.inbox(c, NEWS);
        net.advance(Duration.ofSeconds(2));
        net.partition("a,b | c");
        a.publish(NEWS, "hello");
        net.advance(Duration.ofSeconds(10));
        net.heal();
        net.await("the news", () -> inbox.contains("hello"), Duration.ofSeconds(30));
    }
}
// #endregion
