package io.chaski.examples.telemetry;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeClosedException;
import io.chaski.core.Subscription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A node of the mesh that runs by itself, as in a container: the environment says who and where it is, and it enrols with a token
 * from a file. {@code examples/containers} has the rest.
 */
public final class MeshMember {

    /** Where the token of an authority is, which is needed at the first start only. */
    static final String TOKEN_FILE = "TOKEN_FILE";

    private static final String DATA_DIRECTORY = "CHASKI_NODE_DATA_DIRECTORY";

    /** A file that is touched as long as all is well, for whoever looks after the container. */
    static final String HEALTH_FILE = "HEALTH_FILE";

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** A log that grows slowly, and says all there is to say. */
    private static final int PERIODS_PER_LINE = 10;

    private final ChaskiNode node;
    private final Subscription subscription;
    private final Path healthFile;
    private final Set<String> heard = ConcurrentHashMap.newKeySet();

    private MeshMember(ChaskiNode node, Path healthFile) {
        this.node = node;
        this.healthFile = healthFile;
        this.subscription = node.subscribe(TelemetryNode.SHARED, message -> heard.add(message.originName()));
    }

    /**
     * Runs until the process is told to end.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> environment = System.getenv();
        Path enrolledWith = Path.of(required(environment, DATA_DIRECTORY)).resolve("token");
        String token = token(Path.of(required(environment, TOKEN_FILE)), enrolledWith);
        Path healthFile = Path.of(required(environment, HEALTH_FILE));
        try (ChaskiNode node = ChaskiNode.builder().enroll(token).start()) { // the rest is said by CHASKI_NODE_...
            Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
            Files.writeString(enrolledWith, token); // spent; it says whose certificates are beside it
            System.out.println(node.security().identity().orElseThrow().name() + " at " + node.addresses());
            new MeshMember(node, healthFile).run();
        } catch (NodeClosedException told) {
            System.out.println("told to end"); // between a look and a measurement
        }
    }

    /**
     * What the node says to whom it belongs.
     *
     * @param file of the authority; may be empty or away, for one that makes it again
     * @param enrolledWith of this node, from an earlier start; may be away
     * @throws IllegalArgumentException if there is neither
     */
    static String token(Path file, Path enrolledWith) throws IOException {
        for (Path known : List.of(file, enrolledWith)) {
            String token = Files.exists(known) ? Files.readString(known).strip() : "";
            if (!token.isEmpty()) {
                return token;
            }
        }
        throw new IllegalArgumentException("no token at " + file + ", and this node has not enrolled before");
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the environment needs " + name);
        }
        return value;
    }

    private void run() throws IOException, InterruptedException {
        for (long period = 0; !node.awaitClosed(PERIOD); period++) {
            node.publish(TelemetryNode.SHARED, Telemetry.measure(node.name()));
            if (subscription.isPaired()) {
                Files.writeString(healthFile, "paired");
            }
            if (period % PERIODS_PER_LINE == 0) {
                System.out.println(node.name() + " hears " + new TreeSet<>(heard));
                heard.clear();
            }
        }
    }
}
