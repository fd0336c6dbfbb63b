package io.chaski.streamer.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.FetchOptions;
import io.chaski.streamer.FetchResult;
import io.chaski.streamer.PeerStorage;
import io.chaski.streamer.Storage;
import io.chaski.streamer.StorageOptions;
import io.chaski.streamer.StoragePolicy;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of {@code docs/storage.md}. On the real disk. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StorageGuideTest {

    record Reading(String sensor, double celsius) {}

    @TempDir
    Path folder;

    @Test
    void values_are_kept() {
        Path file = folder.resolve("readings.db");
        // #region local
        try (Storage storage = Storage.open(file)) {
            storage.put("mill/last", new Reading("mill", 21.5)); // for an hour; on disk when this returns
            storage.put("motto", "festina lente", Storage.FOREVER);
            storage.put("token", new byte[] {1, 2, 3}, Duration.ofMinutes(5));

            assertThat(storage.get("mill/last", Reading.class)).contains(new Reading("mill", 21.5));
            assertThat(storage.keys("mill/")).containsExactly("mill/last");
            assertThat(storage.take("motto", String.class)).contains("festina lente"); // of several callers one gets it
            assertThat(storage.exists("motto")).isFalse();
        }
        // #endregion
    }

    @Test
    @ChaskiTest(nodes = {"owner", "asker"})
    void entries_are_fetched(ChaskiNetwork net, @Node("owner") ChaskiNode owner, @Node("asker") ChaskiNode asker) {
        net.await("an edge", () -> asker.edges().size() == 1, Duration.ofSeconds(10));
        StorageOptions options = StorageOptions.builder().maxBytes(1 << 20).build();
        try (Storage storage = Storage.open(folder.resolve("shared.db"), options)) {
            storage.put("public/mill", new Reading("mill", 21.5));
            // #region serve
            StoragePolicy policy =
                    (node, key, access) -> key.startsWith("public/") && access == StoragePolicy.Access.COPY;
            storage.serve(owner, policy);
            // #endregion

            // #region fetch
            FetchOptions fiveSeconds =
                    FetchOptions.builder().deadline(Duration.ofSeconds(5)).build();
            var fetch = PeerStorage.on(asker).fetch("public/mill", fiveSeconds);
            // #endregion
            FetchResult result = net.await(fetch, Duration.ofSeconds(10));
            // #region answer
            String text = switch (result.answer()) {
                case FOUND -> result.entry().orElseThrow().as(Reading.class) + " of " + result.owner();
                case NOT_FOUND, NOT_SERVED -> "nobody has it";
                case REFUSED -> "not for us";
                case TOO_LARGE -> "more than we accept";
                case UNREACHABLE -> "some did not answer: " + result.answers();
                case UNCERTAIN -> "only with take(): the connection broke at the last word";
            };
            // #endregion
            assertThat(text).isEqualTo("Reading[sensor=mill, celsius=21.5] of Optional[" + owner.id() + "]");
        }
    }
}
