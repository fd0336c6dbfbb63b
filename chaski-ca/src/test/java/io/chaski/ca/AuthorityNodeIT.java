package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.TrustMode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** An authority of an old copy takes the place of the one that its nodes have heard of. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AuthorityNodeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    @TempDir
    Path folder;

    private final Lines log = new Lines();
    private ServedAuthority ca;
    private NodeBuilder builder;
    private BigInteger stolen;
    private BigInteger late;
    private String millsToken;

    /** Both what the copy knows and what the nodes know: two roots, a later policy, a later list, a certificate that it revokes. */
    @BeforeEach
    void restoreFromAnOldCopy() throws IOException {
        log.start();
        ca = ServedAuthority.inRealTime(folder.resolve("ca"));
        stolen = enrolled("pump");
        ca.authority.signPolicy(policy(3));
        ca.stop();
        Path copy = Files.createDirectory(folder.resolve("copy"));
        copyFiles(ca.directory, copy);
        ca.ahead = Duration.ofSeconds(30); // so that a few more numbers do not reach what the nodes know
        ca.start();
        builder = ChaskiNode.builder().name("authority").dataDirectory(folder.resolve("node"));
        ca.authority.addRoot(ServedAuthority.PASSWORD);
        ca.authority.signPolicy(policy(4));
        late = enrolled("pump-2");
        ca.authority.revoke(late, "stolen");
        millsToken = ca.token(ServedAuthority.MILL);
        ca.node(folder.resolve("mill")).enrol(millsToken); // and the list comes with its certificate
        SignedRevocationList signed = ca.authority.signedRevocationList();
        try (AuthorityNode known = ca.authority.join(builder)) {
            known.node().security().update(signed);
            assertThat(roots(known)).isEqualTo(2);
            assertThat(list(known).serials()).containsExactly(late);
            assertThat(log.lines).isEmpty();
        }
        ca.stop();
        copyFiles(copy, ca.directory);
    }

    private BigInteger enrolled(String home) {
        return ca.node(folder.resolve(home))
                .enrol(ca.token(ServedAuthority.PUMP))
                .chain()
                .get(0)
                .getSerialNumber();
    }

    @AfterEach
    void stop() {
        ca.close();
        log.stop();
    }

    private static byte[] policy(int version) {
        return ("{\"version\":" + version + ",\"domain\":\"plant-7.example\"}").getBytes(StandardCharsets.US_ASCII);
    }

    private static int roots(AuthorityNode node) {
        return node.node().security().bundle().orElseThrow().roots().size();
    }

    private static RevocationList list(AuthorityNode node) {
        TrustMode.Ca mode = (TrustMode.Ca) node.node().security().mode();
        return mode.trust().revocations().orElseThrow();
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        file,
                        to.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** A list of a higher number takes the place of theirs: without what theirs revokes, a thief is believed again. */
    @Test
    void what_its_nodes_know_to_be_revoked_stays_so() {
        ca.ahead = Duration.ofMinutes(1);
        ca.start();
        try (AuthorityNode node = ca.authority.join(builder)) {
            ca.authority.revoke(stolen, "stolen");

            await().atMost(PATIENCE).until(() -> list(node).serials().contains(stolen));
            assertThat(list(node).serials()).containsExactlyInAnyOrder(stolen, late);
        }
    }

    /** As an authority that is served: its node keeps nothing on the disk, and hears of the list when it has neighbours. */
    @Test
    void what_its_neighbours_know_to_be_revoked_stays_so() {
        ca.ahead = Duration.ofMinutes(1);
        ca.start();
        try (ChaskiNode mill = ChaskiNode.builder()
                        .dataDirectory(folder.resolve("mill"))
                        .enroll(millsToken)
                        .start();
                AuthorityNode node = ca.authority.join(ChaskiNode.builder()
                        .name("authority")
                        .bootstrap(mill.addresses().get(0)))) {
            ca.authority.revoke(stolen, "stolen");

            await().atMost(PATIENCE).until(() -> list(node).serials().contains(stolen));
            assertThat(list(node).serials()).containsExactlyInAnyOrder(stolen, late);
        }
    }

    @Test
    void what_it_revokes_is_told_at_once() {
        ca.ahead = Duration.ofMinutes(1); // it takes longer than a second to restore something
        ca.start();
        try (AuthorityNode node = ca.authority.join(builder)) {
            ca.authority.revoke(stolen, "stolen");

            await().atMost(PATIENCE).until(() -> list(node).serials().contains(stolen));
            assertThat(roots(node)).as("nodes keep the set that they know").isEqualTo(2);
            assertThat(log.lines).noneMatch(line -> line.contains("revocation list"));
        }
    }

    /** All that its nodes do not take is in the log, not only the first of it, and each once. */
    @Test
    void what_is_not_taken_because_its_clock_is_behind_is_in_the_log() {
        ca.ahead = Duration.ofMinutes(-1);
        ca.start();
        try (AuthorityNode node = ca.authority.join(builder)) {
            ca.authority.revoke(stolen, "stolen");

            await().atMost(PATIENCE).until(() -> list(node).serials().contains(stolen));
            assertThat(list(node).serials())
                    .as("the list counts on from theirs")
                    .contains(late);
            assertThat(log.lines).hasSize(2);
            assertThat(log.lines.get(0)).contains("ERROR", "set of roots", "number 1 after number");
            assertThat(log.lines.get(1)).contains("ERROR", "policy", "version 3 after version 4");
        }
    }

    /** It has the same list as before, and so has its node. */
    @Test
    void nothing_is_wrong_with_a_node_that_starts_again() {
        ca.ahead = Duration.ofMinutes(1);
        ca.start();
        ca.authority.signPolicy(policy(5));
        ca.authority.addRoot(ServedAuthority.PASSWORD);
        for (int start = 0; start < 2; start++) {
            try (AuthorityNode node = ca.authority.join(builder)) {
                assertThat(list(node).number())
                        .isEqualTo(ca.authority.signedRevocationList().number());
            }
        }
        assertThat(log.lines).isEmpty();
    }

    /** What the node of an authority logs. Thread-safe. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {

        final List<String> lines = new CopyOnWriteArrayList<>();
        private final Logger logger = (Logger) LoggerFactory.getLogger(AuthorityNode.class);

        @Override
        public void start() {
            setContext(logger.getLoggerContext());
            super.start();
            logger.setLevel(Level.WARN);
            logger.setAdditive(false);
            logger.addAppender(this);
        }

        @Override
        public void stop() {
            logger.detachAppender(this);
            logger.setLevel(null);
            logger.setAdditive(true);
            super.stop();
        }

        @Override
        protected void append(ILoggingEvent event) {
            String cause = event.getThrowableProxy() == null
                    ? ""
                    : event.getThrowableProxy().getMessage();
            lines.add(event.getLevel() + " " + event.getFormattedMessage() + ": " + cause);
        }
    }
}
