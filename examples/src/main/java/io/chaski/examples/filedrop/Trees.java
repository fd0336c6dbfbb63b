package io.chaski.examples.filedrop;

import io.chaski.streamer.file.FileExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Makes a directory tree, and one hash of all there is in it. */
final class Trees {

    private static final String HASH = "SHA-256";
    private static final int SMALL_FILES = 24;
    private static final int SMALL_BYTES = 50_000;

    /** Together they are nearly all of a tree. */
    static final int LARGE_FILES = 2;

    /** How many files a tree has. */
    static final int FILES = SMALL_FILES + LARGE_FILES;

    private Trees() {}

    /**
     * Fills a directory.
     *
     * @param largeBytes size of each of the two large files
     * @return bytes in all
     */
    static long make(Path root, int largeBytes) throws IOException {
        Random random = new Random(1);
        long bytes = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] content = new byte[i < SMALL_FILES ? random.nextInt(SMALL_BYTES) : largeBytes];
            random.nextBytes(content);
            Path file = root.resolve("part-" + i % 4 + "/" + (i < SMALL_FILES ? "small-" : "large-") + i);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            bytes += content.length;
        }
        return bytes;
    }

    /** Hash of the paths and contents of all finished files. */
    static String hash(Path root) throws IOException, NoSuchAlgorithmException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(root)) {
            files = tree.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
        MessageDigest all = MessageDigest.getInstance(HASH);
        for (Path file : files) {
            String line = root.relativize(file) + " " + FileExchange.hash(file, HASH) + "\n";
            all.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(all.digest());
    }
}
