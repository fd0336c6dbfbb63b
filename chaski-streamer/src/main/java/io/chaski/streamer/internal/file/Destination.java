package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FilePush;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where files go and who hears of them. Immutable.
 *
 * @param directory a real directory
 * @param parts its unfinished files
 * @param placement gives the finished ones their names
 * @param events the application
 * @param voice the other nodes
 * @param given what has arrived and is given on
 */
record Destination(
        Path directory, Parts parts, Placement placement, FileEvents events, Voice voice, Set<Holding> given) {

    static Destination of(Path directory, Disk disk, FileEvents events, Voice voice) {
        return new Destination(
                directory,
                new Parts(disk, directory),
                new Placement(disk, directory),
                events,
                voice,
                ConcurrentHashMap.newKeySet());
    }

    /** Gives on what has arrived; false if there is no room for that. */
    boolean give(Holding arrived, Holdings holdings) {
        return holdings.add(arrived) && given.add(arrived);
    }

    /** What has arrived here is nobody's business any more. */
    void stopGiving(Holdings holdings) {
        given.forEach(holdings::remove);
        given.clear();
    }

    /** Speaks to other nodes for a transfer. Thread-safe. */
    interface Voice {

        /** Says what has become of an offer. */
        void status(Announcement.Status status);

        /** Asks who has a file; answers come to {@link Transfer#onSource}. */
        void want(Manifest manifest);
    }

    /** Says it for each push that offers the file. */
    void say(Iterable<Push> pushes, Manifest manifest, FilePush.State state, String problem, String detail) {
        for (Push push : pushes) {
            voice.status(new Announcement.Status(push.id(), manifest, state, problem, detail));
        }
    }

    /** A push as its receivers know it. */
    record Push(NodeId sender, long id) {}
}
