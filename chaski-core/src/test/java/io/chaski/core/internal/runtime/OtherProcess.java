package io.chaski.core.internal.runtime;

import io.chaski.core.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A second JVM that wants a data directory: what the operating system lets it have, and not what ours believes. */
final class OtherProcess {

    private static final int GETS_IT = 3;
    private static final int IS_REFUSED = 4;

    private OtherProcess() {}

    /** Whether another process can open the directory. */
    static boolean canOpen(Path folder) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!child.waitFor(50, TimeUnit.SECONDS)) {
                throw new AssertionError("the other process does not end");
            }
            int answer = child.exitValue();
            if (answer != GETS_IT && answer != IS_REFUSED) {
                throw new AssertionError("the other process ended with " + answer);
            }
            return answer == GETS_IT;
        } finally {
            child.destroyForcibly();
        }
    }

    /** Runs in the other process. */
    public static void main(String[] arguments) throws IOException {
        try {
            DataDirectory.open(Path.of(arguments[0])).close();
            System.exit(GETS_IT);
        } catch (ConfigurationException refused) {
            System.exit(IS_REFUSED);
        }
    }
}
