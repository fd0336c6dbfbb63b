package io.chaski.examples.securemesh;

import io.chaski.examples.process.Child;
import io.chaski.examples.process.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Starts an authority, lets three nodes enrol and talk, shows that a node without an identity is refused, and revokes one of the
 * three while it talks: the others close their edges to it, and go on. Each is a process, and what they print is the transcript.
 */
public final class SecureMesh {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String AUTHORITY = "authority";
    private static final String NODE = "node";
    private static final String STRANGER = "stranger";
    private static final List<String> NAMES = List.of("mill", "pump", "press");

    private final Map<String, Child> nodes = new LinkedHashMap<>();

    private SecureMesh() {}

    /**
     * Runs the example.
     *
     * @param arguments none; those with which it starts itself say which process it is
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            new SecureMesh().run();
        } else if (arguments[0].equals(AUTHORITY)) {
            AuthorityProcess.run(Path.of(arguments[1]));
        } else if (arguments[0].equals(NODE)) {
            NodeProcess.run(arguments[1], Path.of(arguments[2]), arguments[3]);
        } else {
            StrangerProcess.run(arguments[1]);
        }
    }

    private void run() throws IOException, InterruptedException {
        try (WorkFolder folder = WorkFolder.make("secure-mesh")) {
            run(folder.path());
        }
        say("the end");
    }

    private void run(Path folder) throws IOException, InterruptedException {
        try (Child authority = Child.startToCompute(
                SecureMesh.class, AUTHORITY, AUTHORITY, folder.resolve("ca").toString())) {
            String contact = authority.await("READY", LIMIT);
            say("the authority answers, and has joined the mesh that it vouches for");
            try {
                run(authority, contact, folder);
            } finally {
                nodes.values().forEach(Child::close);
            }
        }
    }

    private void run(Child authority, String contact, Path folder) throws IOException, InterruptedException {
        for (String name : NAMES) {
            Child node = Child.start(
                    SecureMesh.class, name, NODE, name, folder.resolve(name).toString(), contact);
            nodes.put(name, node);
            authority.tell("token " + name);
            node.tell(authority.await("TOKEN", LIMIT)); // by standard input: it is a secret until it was used
            say("enrolled " + node.await("ENROLLED", LIMIT));
        }
        listen(List.copyOf(nodes.values()), "hears");
        try (Child stranger = Child.start(SecureMesh.class, STRANGER, STRANGER, contact)) {
            say("a stranger is refused: " + stranger.await("REFUSED", LIMIT));
        }
        revoke(authority, "press");
    }

    private void revoke(Child authority, String name) throws InterruptedException {
        Child revoked = child(name);
        List<Child> others =
                nodes.values().stream().filter(node -> node != revoked).toList();
        authority.tell("revoke " + name);
        say("revoked " + name + ": " + authority.await("REVOKED", LIMIT) + " certificate");
        for (Child other : others) {
            other.tell("part " + name);
            other.await("PARTED", LIMIT);
            say(other.name() + " has no edge to " + name + " any more");
        }
        revoked.tell("return");
        say(name + " comes back and is refused: " + revoked.await("REFUSED", LIMIT));
        listen(others, "still hears");
    }

    /** Until each has heard something new from each of the others. */
    private static void listen(List<Child> listeners, String verb) throws InterruptedException {
        for (Child listener : listeners) {
            String speakers = listeners.stream()
                    .filter(speaker -> speaker != listener)
                    .map(Child::name)
                    .collect(Collectors.joining(" "));
            listener.tell("listen " + speakers);
            listener.await("HEARD", LIMIT);
            say(listener.name() + " " + verb + " " + speakers);
        }
    }

    private Child child(String name) {
        return Objects.requireNonNull(nodes.get(name), name);
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
