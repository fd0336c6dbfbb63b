package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.AccessOptions;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.TrustMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is followed is on the disk, sooner or later. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TrustDocumentsTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final byte[] LIST = {1, 2, 3};

    @TempDir
    Path folder;

    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final ManualExecutor worker = new ManualExecutor();
    private final EventBus events = new EventBus(Callbacks.on(new ManualExecutor(), loop::nanoTime));
    private final LogLimiter log = new LogLimiter("mill", loop::nanoTime);
    private final List<String> written = new ArrayList<>();
    private Instant now = NOW;
    private boolean isDiskFull;
    private TrustDocuments documents;

    @BeforeEach
    void start() throws IOException {
        LiveSecurity security = new LiveSecurity(TrustMode.INSECURE, Optional.empty(), () -> now);
        LiveAccess access = new LiveAccess(
                "mill", new NodeId(0, 1), security, AccessOptions.DEFAULTS, loop::nanoTime, () -> NOW.toEpochMilli());
        TrustStore store = TrustStore.open(OwnerFolder.open(folder), List.of(), new Disk());
        documents = new TrustDocuments("mill", security, access, events, worker, log, store);
        documents.start(loop);
        loop.run();
    }

    private final class Disk implements TrustStore.Writer {
        @Override
        public void write(String name, ByteBuffer content) throws IOException {
            if (isDiskFull) {
                throw new IOException("no space left");
            }
            byte form = content.get();
            Instant believedAt = Instant.ofEpochMilli(content.getLong());
            written.add(name + ", form " + form + ", of " + believedAt + ", " + content.remaining() + " bytes");
        }

        @Override
        public void delete(String name) {
            throw new AssertionError("nothing is to be deleted");
        }
    }

    private void advance(Duration time) {
        loop.advance(time);
        worker.runAll();
    }

    private void keep(long number) {
        documents.keep(new Edition(TrustKind.REVOCATIONS.code(), number, 0), LIST, NOW.plusSeconds(60));
    }

    @Test
    void it_is_stored_at_once_and_not_again() {
        keep(7);
        advance(Duration.ofMinutes(1));

        assertThat(written).containsExactly("revocations, form 1, of 2026-11-26T12:00:00Z, 3 bytes");
    }

    @Test
    void it_is_stored_when_the_disk_has_room_again_as_of_when_it_was_believed() {
        isDiskFull = true;
        keep(7);
        now = NOW.plusSeconds(30);
        advance(Duration.ofMinutes(1));
        assertThat(documents.number(TrustKind.REVOCATIONS))
                .as("followed all the same")
                .isEqualTo(7);
        assertThat(written).isEmpty();

        isDiskFull = false;
        advance(Duration.ofSeconds(10));
        advance(Duration.ofMinutes(1));

        assertThat(written).containsExactly("revocations, form 1, of 2026-11-26T12:00:00Z, 3 bytes");
    }

    @Test
    void of_several_the_last_one_is_stored() {
        isDiskFull = true;
        keep(7);
        documents.keep(new Edition(TrustKind.REVOCATIONS.code(), 8, 0), new byte[9], NOW.plusSeconds(60));
        isDiskFull = false;
        advance(Duration.ofSeconds(10));

        assertThat(written).containsExactly("revocations, form 1, of 2026-11-26T12:00:00Z, 9 bytes");
    }
}
