package io.chaski.streamer.internal.file;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which names may come from other machines. An allow-list: what is harmless on one system is a drive, a stream, a device or
 * an escape on another one.
 */
final class FileNames {

    /** What all common file systems take for one name. */
    static final int MAX_SEGMENT_BYTES = 255;

    /** Deep enough for source trees; no path gets longer than 4 KiB. */
    static final int MAX_SEGMENTS = 16;

    static final int MAX_PATH_BYTES = MAX_SEGMENTS * (MAX_SEGMENT_BYTES + 1);

    private static final Pattern ALLOWED = Pattern.compile("[\\p{L}\\p{N}._ -]+");
    private static final Pattern NOT_ALLOWED = Pattern.compile("[^\\p{L}\\p{N}._ /-]");

    /** Windows opens these devices whatever the extension. */
    private static final Pattern DEVICE = Pattern.compile("(CON|PRN|AUX|NUL|(COM|LPT)[0-9¹²³])( *\\..*)?");

    private FileNames() {}

    /** Whether it is 1 to 16 good segments. */
    static boolean isGoodPath(String path) {
        String[] segments = path.split("/", -1);
        if (segments.length > MAX_SEGMENTS) {
            return false;
        }
        for (String segment : segments) {
            if (!isGoodSegment(segment)) {
                return false;
            }
        }
        return true;
    }

    static boolean isGoodSegment(String name) {
        return ALLOWED.matcher(name).matches()
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_SEGMENT_BYTES
                && !name.startsWith(".")
                && !name.endsWith(".")
                && !name.endsWith(" ")
                && Normalizer.isNormalized(name, Normalizer.Form.NFC)
                && !DEVICE.matcher(name.toUpperCase(Locale.ROOT)).matches();
    }

    /**
     * The name that a file of this machine is offered under. File systems that keep names decomposed, and those that keep
     * them as they are, give the same.
     *
     * @param relative one or more segments
     */
    static String offered(Path relative) {
        StringBuilder name = new StringBuilder();
        for (Path segment : relative) {
            name.append(name.isEmpty() ? "" : "/").append(segment);
        }
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** A bad name made fit for logs and events. */
    static String printable(String bad) {
        String cut = bad.length() > MAX_SEGMENT_BYTES ? bad.substring(0, MAX_SEGMENT_BYTES) : bad;
        return NOT_ALLOWED.matcher(cut).replaceAll("?");
    }

    /** The name with a number before its extension, shortened if it would get too long. */
    static String numbered(String segment, int number) {
        int dot = segment.lastIndexOf('.');
        String stem = dot > 0 ? segment.substring(0, dot) : segment;
        String tail = "-" + number + (dot > 0 ? segment.substring(dot) : "");
        while (bytes(stem + tail) > MAX_SEGMENT_BYTES && !stem.isEmpty()) {
            stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
        }
        return stem + tail;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
