package io.chaski.examples.videoframes;

import io.chaski.core.ChaskiNode;
import io.chaski.remote.ChaskiRemote;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Stream;

/** The process that has the film and looks at what comes back. */
final class Viewer {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Viewer() {}

    /**
     * Shows the film.
     *
     * @param arguments address of any node of the mesh, and the number of frames
     */
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        try (ChaskiNode node =
                ChaskiNode.builder().name("viewer").bootstrap(arguments[0]).start()) {
            ChaskiRemote remote = ChaskiRemote.on(node);
            remote.awaitService("grey-scale", 1, LIMIT);
            GreyScale service = remote.proxy("grey-scale", GreyScale.class);
            int seen = 0;
            // #region film
            try (Stream<Frame> grey = service.grey(Film.frames(count))) {
                for (Iterator<Frame> frames = grey.iterator(); frames.hasNext(); seen++) {
                    check(frames.next(), seen, count / 2);
                }
            }
            // #endregion
            System.out.println(seen + " of " + count + " frames came back, in order and grey");
        }
    }

    private static void check(Frame frame, int expected, int shown) {
        if (frame.number() != expected || !frame.isGrey()) {
            throw new IllegalStateException("frame " + frame.number() + " came for " + expected + ", or has colours");
        }
        if (frame.number() == shown) {
            System.out.println("frame " + shown);
            System.out.print(frame.print());
        }
    }
}
