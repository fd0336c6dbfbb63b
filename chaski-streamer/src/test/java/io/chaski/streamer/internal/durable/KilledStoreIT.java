package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.KilledLives;
import io.chaski.streamer.MemoryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at any moment: while a store opens, publishes, is consumed, rolls and trims. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KilledStoreIT implements KilledLives.Witness {

    private static final int MOST_LINES_PER_LIFE = 120;

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private final TopicModel model = StoreScript.model();
    private final long[] acknowledged = new long[KilledKeeper.SOURCES];
    private long trimmed;

    @Test
    void nothing_acknowledged_is_lost_and_everything_is_in_order_after_20_kills() throws Exception {
        killAndCompare(20);
    }

    @Test
    @Tag("deep")
    void nothing_acknowledged_is_lost_and_everything_is_in_order_after_2000_kills() throws Exception {
        killAndCompare(Integer.getInteger("chaski.test.kills", 2_000));
    }

    private void killAndCompare(int kills) throws Exception {
        KilledLives.killAndCompare(KilledKeeper.class, folder, kills, MOST_LINES_PER_LIFE, this);
        assertThat(Arrays.stream(acknowledged)).allMatch(sequence -> sequence > kills);
        assertThat(trimmed).as("the store has rolled and trimmed").isPositive();
    }

    /** From some that were acknowledged already, as a publisher does that does not know. */
    @Override
    public String beginning() {
        return Arrays.stream(acknowledged)
                .mapToObj(sequence -> Long.toString(Math.max(1, sequence - 3)))
                .collect(Collectors.joining(" "));
    }

    @Override
    public void hear(String[] words) {
        int source = Integer.parseInt(words[1]);
        long sequence = Long.parseLong(words[2]);
        LogEntry cursor = new CursorMove(KilledKeeper.CONSUMER, KilledKeeper.source(source), sequence);
        switch (words[0]) {
            case "kept" -> {
                KeptMessage message = KilledKeeper.message(source, sequence);
                model.onAsked(message);
                if (!words[3].equals("TRIMMED")) {
                    model.onAnswered(message, Appended.valueOf(words[3]));
                }
                acknowledged[source] = Math.max(acknowledged[source], sequence);
            }
            case "moves" -> model.onAsked(cursor);
            case "moved" -> model.onAnswered(cursor, Appended.STORED);
            default -> throw new AssertionError(String.join(" ", words));
        }
    }

    @Override
    public void compare(String when) throws IOException {
        for (int source = 0; source < KilledKeeper.SOURCES; source++) {
            for (long ahead = 1; ahead <= KilledKeeper.MOST_UNACKNOWLEDGED; ahead++) {
                model.onAsked(KilledKeeper.message(source, acknowledged[source] + ahead));
            }
        }
        try (TopicStore store = LogTopicStore.open(folder, KilledKeeper.OPTIONS)) {
            StoreView view = StoreView.of(store);
            assertThat(model.violations(view)).as(when).isEmpty();
            view.holdings().forEach((source, holding) -> {
                trimmed += holding.trimmed().size();
                assertThat(holding.kept().size())
                        .as("%s: gaps of %s", when, source)
                        .isLessThanOrEqualTo(1);
            });
            model.forgetGivenUp(view);
        }
    }
}
