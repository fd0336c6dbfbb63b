package io.chaski.examples.videoframes;

/**
 * One picture of a film.
 *
 * @param number counting from 0
 * @param width in pixels
 * @param rgb three bytes a pixel, line by line from the top
 */
@SuppressWarnings("ArrayRecordComponent") // it is only sent and looked at
record Frame(int number, int width, byte[] rgb) {

    private static final String SHADES = " .:-=+*#%@";

    /** Whether all pixels have as much red as green and blue. */
    boolean isGrey() {
        for (int i = 0; i < rgb.length; i += 3) {
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) {
                return false;
            }
        }
        return true;
    }

    /** The green of every fourth pixel of every eighth line, which a terminal shows in about the right shape. */
    String print() {
        StringBuilder text = new StringBuilder();
        int height = rgb.length / 3 / width;
        for (int y = 0; y < height; y += 8) {
            for (int x = 0; x < width; x += 4) {
                int light = rgb[3 * (y * width + x) + 1] & 0xff;
                text.append(SHADES.charAt(light * SHADES.length() / 256));
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }
}
