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
import java.util.LinkedHashMap;
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

    /** Payloads by the ids of their messages; so is {@link #heard}. */
    private final Map<String, String> kept = new LinkedHashMap<>();

    private final Map<String, String> heard = new HashMap<>();
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
        Map<String, String> late = new ConcurrentHashMap<>();
        Set<String> gaps = ConcurrentHashMap.newKeySet();
        try (ChaskiNode node = ChaskiNode.builder().name("witness").start();
                DurableTopic<String> topic =
                        ChaskiStreamer.on(node).durable(KilledDurableNode.ROOM, KilledDurableNode.options(folder))) {
            topic.subscribe(
                    KilledDurableNode.NAME,
                    delivery -> late.put(
                            KilledDurableNode.id(delivery.message()),
                            delivery.message().payload()),
                    gap -> gaps.add(gap.toString()));
            await().atMost(LONG).untilAsserted(() -> {
                Map<String, String> delivered = new HashMap<>(heard);
                delivered.putAll(late);
                assertThat(delivered).containsAllEntriesOf(kept);
            });
            assertThat(gaps).as("gaps").isEmpty();
            assertThat(history(topic)).containsAllEntriesOf(kept);
        }
    }

    private static Map<String, String> history(DurableTopic<String> topic) throws Exception {
        Map<String, String> all = new HashMap<>();
        HistoryFrom from = HistoryFrom.start();
        while (true) {
            List<Message<String>> page = topic.history(from, 1_024).get(LONG.toSeconds(), TimeUnit.SECONDS);
            if (page.isEmpty()) {
                return all;
            }
            page.forEach(message -> all.put(KilledDurableNode.id(message), message.payload()));
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
                assertThat(words[3]).isEqualTo("true");
                kept.put(words[1], words[2]);
            }
            case "heard" -> {
                boolean isNew = heard.put(words[1], words[2]) == null;
                boolean isAgain = Boolean.parseBoolean(words[3]);
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
            assertThat(there).as(when).containsAll(kept.keySet());
        }
    }
}
