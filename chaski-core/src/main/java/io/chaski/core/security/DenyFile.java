package io.chaski.core.security;

import io.chaski.core.ConfigurationException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A {@link DenyList} in a file that somebody edits. A line denies one party:
 *
 * <pre>
 * # the stolen one
 * serial:4f1a09
 * key:9b1c... (64 hexadecimal digits)
 * chaski://plant-7.example/node/mill-3
 * </pre>
 *
 * <p>White space around it, empty lines and what follows a {@code #} mean nothing. Confined to one thread.
 */
public final class DenyFile {

    /** Some 15,000 lines: far more than anybody writes. */
    public static final int MAX_BYTES = 1 << 20;

    private static final String SERIAL = "serial:";
    private static final String KEY = "key:";
    private static final int HEX = 16;

    private final Path file;
    private byte[] seen = {};
    private boolean wasThere;

    /**
     * A file that may not be there yet: then it denies nobody.
     *
     * @param file any path
     */
    public DenyFile(Path file) {
        this.file = Objects.requireNonNull(file, "file");
    }

    /**
     * Reads the file.
     *
     * @throws ConfigurationException naming the line that makes no sense; nothing of the file counts then
     * @throws IOException if the operating system refuses
     */
    public DenyList read() throws IOException {
        seen = content();
        return parse(seen);
    }

    /**
     * Reads the file if it is another one than when it was last read. Compares the content, since the times of files are too
     * coarse for two changes in a row.
     *
     * @return empty if nothing has changed
     * @throws ConfigurationException naming the line that makes no sense; what was read before stays in force, and the same
     *     content is not told about again
     * @throws IOException if the operating system refuses
     */
    public Optional<DenyList> readIfChanged() throws IOException {
        boolean wasThereBefore = wasThere;
        byte[] now = content();
        if (wasThere == wasThereBefore && Arrays.equals(now, seen)) {
            return Optional.empty();
        }
        seen = now;
        return Optional.of(parse(now));
    }

    private byte[] content() throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigurationException(file + " is longer than " + MAX_BYTES + " bytes");
            }
            byte[] content = Files.readAllBytes(file);
            wasThere = true;
            return content;
        } catch (NoSuchFileException e) {
            wasThere = false;
            return new byte[0];
        }
    }

    private DenyList parse(byte[] content) {
        Set<BigInteger> serials = new HashSet<>();
        Set<Fingerprint> keys = new HashSet<>();
        Set<ChaskiUri> uris = new HashSet<>();
        List<String> lines = text(content).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String entry = lines.get(i).replaceFirst("#.*", "").strip();
            try {
                if (entry.startsWith(SERIAL)) {
                    serials.add(serial(entry.substring(SERIAL.length())));
                } else if (entry.startsWith(KEY)) {
                    keys.add(Fingerprint.parse(entry.substring(KEY.length())));
                } else if (!entry.isEmpty()) {
                    uris.add(ChaskiUri.parse(entry));
                }
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException(file + ", line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return new DenyList(serials, keys, uris);
    }

    private static BigInteger serial(String hex) {
        if (!hex.matches("[0-9A-Fa-f]{1,40}")) {
            throw new IllegalArgumentException("a serial number has 1 to 40 hexadecimal digits");
        }
        return new BigInteger(hex, HEX);
    }

    private String text(byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ConfigurationException(file + " is not a text in UTF-8", e);
        }
    }
}
