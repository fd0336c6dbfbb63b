package io.chaski.examples.videoframes;

import io.chaski.examples.process.Child;
import java.time.Duration;

/** Starts the service and the viewer, each as a process of its own. */
public final class VideoFrames {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String USAGE = "usage: videoframes [number of frames, 10 to 9999]";

    /** Ten seconds of a film, which take less. */
    private static final String DEFAULT_FRAMES = "250";

    private VideoFrames() {}

    /**
     * Runs the example.
     *
     * @param arguments how many frames, or nothing for 250
     */
    public static void main(String[] arguments) throws Exception {
        String frames = arguments.length == 0 ? DEFAULT_FRAMES : arguments[0];
        if (arguments.length > 1 || !frames.matches("[1-9]\\d{1,3}")) {
            System.err.println(USAGE);
            System.exit(2);
        }
        try (Child service = Child.start(GreyScaleService.class, "grey-scale", "127.0.0.1:0")) {
            String address = service.await("READY", LIMIT);
            try (Child viewer = Child.start(Viewer.class, "viewer", address, frames)) {
                viewer.awaitEnd(LIMIT);
            }
        }
    }
}
