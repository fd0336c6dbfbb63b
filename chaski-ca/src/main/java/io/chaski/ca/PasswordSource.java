package io.chaski.ca;

import java.io.IOException;
import java.io.Reader;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where the password of encrypted keys comes from: a callback, a file or the environment, never the command line, which
 * every user of the machine can read.
 */
@FunctionalInterface
public interface PasswordSource {

    /** Longest password in characters. */
    int MAX_LENGTH = 1024;

    /**
     * Gives the password.
     *
     * @return a fresh array, 1 to {@value #MAX_LENGTH} characters; it is overwritten when it was used
     * @throws IOException if the password cannot be had
     */
    char[] read() throws IOException;

    /**
     * The first line of a file. Who may read it is not looked at, because what containers mount as secrets everybody may
     * read there: give it to yourself alone.
     *
     * @param file in UTF-8; also what a shell names as {@code /dev/fd/3}
     */
    static PasswordSource ofFile(Path file) {
        return () -> {
            char[] content = new char[MAX_LENGTH + 2];
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                int length = 0;
                while (length < content.length) {
                    int count = reader.read(content, length, content.length - length);
                    if (count < 0) {
                        break;
                    }
                    length += count;
                }
                return firstLine(CharBuffer.wrap(content, 0, length), file);
            } finally {
                Arrays.fill(content, '\0');
            }
        };
    }

    /**
     * An environment variable.
     *
     * @param variable its name
     */
    static PasswordSource ofEnvironment(String variable) {
        return () -> {
            String value = System.getenv(variable);
            if (value == null || value.isEmpty()) {
                throw new IOException("the environment variable " + variable + " with the password is not set");
            }
            return value.toCharArray();
        };
    }

    private static char[] firstLine(CharBuffer content, Path file) throws IOException {
        int end = 0;
        while (end < content.length() && content.charAt(end) != '\n' && content.charAt(end) != '\r') {
            end++;
        }
        if (end == 0 || end > MAX_LENGTH) {
            throw new IOException(
                    "the first line of " + file + " is the password, 1 to " + MAX_LENGTH + " characters long");
        }
        char[] password = new char[end];
        content.get(0, password);
        return password;
    }
}
