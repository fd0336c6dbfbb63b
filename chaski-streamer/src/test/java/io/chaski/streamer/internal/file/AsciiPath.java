package io.chaski.streamer.internal.file;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A directory as Java has it that was started without a locale: it cannot say other letters to the system. */
final class AsciiPath {

    private AsciiPath() {}

    static Path of(Path directory) {
        return (Path) Proxy.newProxyInstance(
                AsciiPath.class.getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("resolve")
                            && arguments[0] instanceof String name
                            && !StandardCharsets.US_ASCII.newEncoder().canEncode(name)) {
                        throw new InvalidPathException(name, "Malformed input or input contains unmappable characters");
                    }
                    try {
                        return method.invoke(directory, arguments);
                    } catch (InvocationTargetException theirs) {
                        throw theirs.getCause();
                    }
                });
    }
}
