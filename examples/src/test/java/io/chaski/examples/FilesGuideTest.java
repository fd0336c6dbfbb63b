package io.chaski.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Registration;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.FileSnapshot;
import io.chaski.streamer.file.SharedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code in docs/files.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FilesGuideTest {

    @TempDir
    Path temp;

    @Test
    void the_guide_works() throws Exception {
        Path firmware = Files.writeString(temp.resolve("fw-1.2.bin"), "firmware");
        Path shared = Files.createDirectory(temp.resolve("manuals"));
        Files.writeString(shared.resolve("press.pdf"), "manual");
        Path inbox = temp.resolve("inbox");
        CountDownLatch received = new CountDownLatch(1);
        try (ChaskiNode office = ChaskiNode.builder().name("office").start();
                ChaskiNode mill = ChaskiNode.builder()
                        .name("mill")
                        .bootstrap(office.addresses().get(0))
                        .start()) {
            // #region accept
            FileExchange atMill = FileExchange.on(mill);
            atMill.acceptFiles(
                    "firmware",
                    inbox,
                    offer -> offer.size() < 100_000_000
                            ? FileDecision.accept()
                            : FileDecision.refuse("too large for this machine"),
                    event -> {
                        if (event instanceof FileEvent.Completed completed) {
                            System.out.println("received " + completed.file().path());
                            received.countDown();
                        } else if (event instanceof FileEvent.Failed failed) {
                            System.out.println(failed.offer().name() + ": " + failed.problem());
                        }
                    });
            // #endregion
            // #region push
            FileExchange atOffice = FileExchange.on(office);
            FilePush push = atOffice.pushFile("firmware", firmware, Map.of("for", "press"));
            push.completedBy(1).get(60, TimeUnit.SECONDS);
            push.answers().forEach((node, answer) -> System.out.println(node + " " + answer.state()));
            // #endregion
            assertThat(received.await(60, TimeUnit.SECONDS)).isTrue();
            // #region share
            Registration sharing = atOffice.share(shared);
            List<SharedFile> found =
                    atMill.find("*.pdf", Duration.ofSeconds(10)).get();
            for (SharedFile file : found) {
                atMill.fetch(file.hash(), inbox, Duration.ofSeconds(10)).get();
            }
            sharing.close();
            // #endregion
            assertThat(inbox.resolve("press.pdf")).hasContent("manual");
            assertThat(inbox.resolve("fw-1.2.bin")).hasContent("firmware");
        }
    }

    @Test
    void a_file_is_cancelled_and_seen_in_the_snapshot() throws Exception {
        Path file = Files.writeString(temp.resolve("fw-1.3.bin"), "firmware");
        Path inbox = temp.resolve("inbox");
        try (ChaskiNode mill = ChaskiNode.builder().name("mill").start();
                FileExchange atMill = FileExchange.on(mill)) {
            // #region cancel
            atMill.acceptFiles("firmware", inbox, offer -> FileDecision.accept(), event -> {
                if (event instanceof FileEvent.Accepted && event.offer().size() > 1_000_000_000) {
                    atMill.cancel(event.offer()); // Failed with CANCELLED follows, here and at the publisher
                }
            });
            // #endregion
            atMill.pushFile("other", file).announced().get(60, TimeUnit.SECONDS);
            // #region snapshot
            FileSnapshot now = atMill.snapshot();
            System.out.printf(
                    "%d files coming, %d waiting, %d arrived, refused %s, failed %s, %d bytes sent%n",
                    now.transfers(), now.waiting(), now.completed(), now.refused(), now.failed(), now.bytesSent());
            // #endregion
            assertThat(now.pushes()).isEqualTo(1);
            assertThat(now.offers()).isZero();
        }
    }
}
