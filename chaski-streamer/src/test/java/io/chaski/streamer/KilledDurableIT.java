package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.streamer.internal.durable.LogTopicStore;
import io.chaski.streamer.internal.durable.TopicStore;
import io.chaski.streamer.internal.durable.TopicStoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at any moment of a node that keeps, publishes and consumes; each life is another publisher. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KilledDurableIT implements KilledLives.Witness {

    private static final int MOST_LINES_PER_LIFE = 300;
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private final Set<String> kept = new LinkedHashSet<>();
    private final Set<String> heard = new HashSet<>();
    private final Map<String, Long> lastOfSource = new HashMap<>();
    private int again;

    @Test
    void nothing_acknowledged_is_lost_and_nothing_comes_twice_without_a_word_after_5_kills() throws Exception {
        killAndCompare(5);
    }

    /** Ten times, each from the beginning: after each kill all that there is is compared, which takes the longer the more it is. */
    @RepeatedTest(10)
    @Tag("deep")
    void nothing_acknowledged_is_lost_and_nothing_comes_twice_without_a_word_after_200_kills() throws Exception {
        killAndCompare(Integer.getInteger("chaski.test.kills", 200));
        assertThat(again).as("delivered again").isPositive();
    }

    private void killAndCompare(int kills) throws Exception {
        KilledLives.killAndCompare(KilledDurableNode.class, folder, kills, MOST_LINES_PER_LIFE, this);
        assertThat(kept).as("acknowledged").hasSizeGreaterThan(kills);
        Set<String> late = ConcurrentHashMap.newKeySet();
        try (ChaskiNode node = ChaskiNode.builder().name("witness").start();
                DurableTopic<String> topic =
                        ChaskiStreamer.on(node).durable(KilledDurableNode.ROOM, KilledDurableNode.options(folder))) {
            topic.subscribe(
                    KilledDurableNode.NAME, delivery -> late.add(KilledDurableNode.id(delivery.message())), gap -> {
                        throw new AssertionError("a gap: " + gap);
                    });
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(kept).allMatch(id -> heard.contains(id) || late.contains(id)));
            assertThat(history(topic)).containsAll(kept);
        }
    }

    private static Set<String> history(DurableTopic<String> topic) throws Exception {
        Set<String> all = new HashSet<>();
        HistoryFrom from = HistoryFrom.start();
        while (true) {
            List<Message<String>> page = topic.history(from, 1_024).get(LONG.toSeconds(), TimeUnit.SECONDS);
            if (page.isEmpty()) {
                return all;
            }
            page.forEach(message -> all.add(KilledDurableNode.id(message)));
            from = HistoryFrom.after(page.get(page.size() - 1));
        }
    }

    @Override
    public String beginning() {
        return "go";
    }

    @Override
    public void hear(String[] words) {
        switch (words[0]) {
            case "kept" -> {
                assertThat(words[2]).isEqualTo("true");
                kept.add(words[1]);
            }
            case "heard" -> {
                boolean isNew = heard.add(words[1]);
                boolean isAgain = Boolean.parseBoolean(words[2]);
                assertThat(isNew || isAgain).as("%s comes twice", words[1]).isTrue();
                again += isNew ? 0 : 1;
                if (isNew) {
                    int end = words[1].lastIndexOf('/');
                    long sequence = Long.parseLong(words[1].substring(end + 1));
                    Long before = lastOfSource.put(words[1].substring(0, end), sequence);
                    assertThat(before == null || before < sequence)
                            .as("%s is in order", words[1])
                            .isTrue();
                }
            }
            default -> throw new AssertionError(String.join(" ", words));
        }
    }

    /** What was acknowledged is there as soon as the store opens. */
    @Override
    public void compare(String when) {
        try (TopicStore store = LogTopicStore.open(folder, TopicStoreOptions.DEFAULTS)) {
            Set<String> there = new HashSet<>();
            store.holdings()
                    .forEach((source, holding) -> holding.kept().intervals().forEach(each -> {
                        for (long sequence = each.first(); sequence <= each.last(); sequence++) {
                            there.add(source.origin() + "/" + source.epoch() + "/" + sequence);
                        }
                    }));
            assertThat(there).as(when).containsAll(kept);
        }
    }
}
