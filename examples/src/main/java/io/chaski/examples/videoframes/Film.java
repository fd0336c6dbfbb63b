package io.chaski.examples.videoframes;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A ball that flies over a sunset: made up, so that there is no film to bring along. */
final class Film {

    static final int WIDTH = 160;
    static final int HEIGHT = 96;

    private static final int RADIUS = 16;

    private Film() {}

    /** The frames, each made when it is asked for. */
    static Stream<Frame> frames(int count) {
        return IntStream.range(0, count).mapToObj(Film::frame);
    }

    private static Frame frame(int number) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        double ballX = WIDTH * (0.5 + 0.4 * Math.sin(number / 20.0));
        double ballY = HEIGHT * (0.5 + 0.3 * Math.cos(number / 13.0));
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                boolean isBall = Math.hypot(x - ballX, y - ballY) < RADIUS;
                int at = 3 * (y * WIDTH + x);
                rgb[at] = (byte) 255;
                rgb[at + 1] = (byte) (isBall ? 255 : 120 * y / HEIGHT);
                rgb[at + 2] = (byte) (isBall ? 120 : 80 - 80 * y / HEIGHT);
            }
        }
        return new Frame(number, WIDTH, rgb);
    }
}
