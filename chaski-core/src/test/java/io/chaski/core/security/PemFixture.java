package io.chaski.core.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** Files of an authority and its nodes, as OpenSSL has made them; see {@code README.md} beside them. */
final class PemFixture {

    private final Path folder;

    /**
     * None yet.
     *
     * @param folder where they are put
     */
    PemFixture(Path folder) {
        this.folder = folder;
    }

    /** A file as it is there; one with a key is its owner's only, which a working copy does not keep. */
    Path file(String name) {
        return write(name, text(name));
    }

    /** A file with that content, and likewise. */
    Path write(String name, String text) {
        try {
            Path file = Files.writeString(folder.resolve(name), text, StandardCharsets.ISO_8859_1);
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            return file;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static String text(String name) {
        try (InputStream in = PemFixture.class.getResourceAsStream("/security/pem/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
