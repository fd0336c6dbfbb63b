package io.chaski.ca.internal.disk;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A second JVM that wants a lock: what the operating system lets it have, and not what ours believes. */
public final class OtherProcess {

    private static final int GETS_IT = 3;
    private static final int IS_REFUSED = 4;

    private OtherProcess() {}

    /** Whether another process can have a lock. */
    public static boolean canLock(Path file) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        file.toString())
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
            new LocalDisk().lock(Path.of(arguments[0])).close();
            System.exit(GETS_IT);
        } catch (AuthorityException refused) {
            System.exit(refused.problem() == Problem.IN_USE ? IS_REFUSED : 1);
        }
    }
}
