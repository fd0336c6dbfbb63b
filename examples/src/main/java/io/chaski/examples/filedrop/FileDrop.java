package io.chaski.examples.filedrop;

import io.chaski.core.Topology;
import java.util.List;

/**
 * Pushes a directory tree to three receivers in processes of their own, kills one in the middle and starts it again, and
 * compares the trees at the end. The exit code is 0 only if all are the same, the killed one was in the middle, and it did not
 * fetch again what it had.
 *
 * <p>The same class is the main class of the receivers, which are started with a role as first argument.
 */
public final class FileDrop {

    static final String RECEIVER = "receiver";
    static final String CLUSTER = "file-drop-demo";
    static final String TOPIC = "drop";

    private static final String USAGE = "usage: filedrop [megabytes of the tree, 4 to 400]";
    private static final String DEFAULT_MEGABYTES = "40";

    private FileDrop() {}

    /**
     * Runs the launcher, or a receiver.
     *
     * @param arguments nothing, or the megabytes of the tree, 4 to 400; for a receiver its role, name, topology, address to begin
     *     with, directory, bytes after which it says that it is half way, and files after which it says that it has all
     */
    public static void main(String[] arguments) throws Exception {
        List<String> all = List.of(arguments);
        if (!all.isEmpty() && all.get(0).equals(RECEIVER)) {
            ReceiverProcess.run(
                    all.get(1),
                    Topology.valueOf(all.get(2)),
                    all.get(3),
                    all.get(4),
                    Long.parseLong(all.get(5)),
                    Integer.parseInt(all.get(6)));
        } else {
            String megabytes = all.isEmpty() ? DEFAULT_MEGABYTES : all.get(0);
            if (all.size() > 1 || !megabytes.matches("[4-9]|[1-9]\\d|[1-3]\\d\\d|400")) {
                System.err.println(USAGE);
                System.exit(2);
            }
            System.exit(new DropRun(Integer.parseInt(megabytes)).run() ? 0 : 1);
        }
    }
}
