package io.chaski.examples.videoframes;

import io.chaski.examples.process.Child;
import java.time.Duration;

/** Starts the service and the viewer, each as a process of its own. */
public final class VideoFrames {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Ten seconds of a film, which take less. */
    private static final String FRAMES = "250";

    private VideoFrames() {}

    /**
     * Runs the example.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        try (Child service = Child.start(GreyScaleService.class, "grey-scale", "127.0.0.1:0")) {
            String address = service.await("READY", LIMIT);
            try (Child viewer = Child.start(Viewer.class, "viewer", address, FRAMES)) {
                viewer.awaitEnd(LIMIT);
            }
        }
    }
}
