package io.chaski.examples.fileshare;

import io.chaski.core.TypeRef;
import io.chaski.core.codec.CodecException;
import io.chaski.core.codec.PayloadCodec;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads settings from a properties file, or one of JSON. */
final class ConfigFile {

    private ConfigFile() {}

    /**
     * Reads a file.
     *
     * @param words that may be in it
     * @param lists those of them that may have several values: in properties they are separated by commas
     * @return the values of each word; none if it is said without one
     * @throws IllegalArgumentException if there is another word in it, or it is neither
     */
    static Map<String, List<String>> read(Path file, List<String> words, Set<String> lists) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("no such file: " + file);
        }
        Map<String, List<String>> read = file.toString().endsWith(".json") ? json(file) : properties(file, lists);
        read.keySet().forEach(word -> {
            if (!words.contains(word)) {
                throw new IllegalArgumentException("unknown word '" + word + "' in " + file);
            }
        });
        return read;
    }

    private static Map<String, List<String>> properties(Path file, Set<String> lists) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String word : properties.stringPropertyNames()) {
            String text = properties.getProperty(word);
            values.put(word, said(lists.contains(word) ? text.split(",") : new String[] {text}));
        }
        return values;
    }

    private static List<String> said(String... items) {
        return Arrays.stream(items)
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static Map<String, List<String>> json(Path file) throws IOException {
        byte[] content = Files.readString(file).getBytes(StandardCharsets.UTF_8);
        Object object;
        try {
            object = PayloadCodec.json().decode(content, new TypeRef<Map<String, Object>>() {}.type());
        } catch (CodecException e) {
            throw new IllegalArgumentException("no JSON object in " + file + ": " + e.getMessage(), e);
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        if (object instanceof Map<?, ?> map) {
            map.forEach((word, value) -> {
                List<?> items = value instanceof List<?> several ? several : Collections.singletonList(value);
                values.put(
                        String.valueOf(word),
                        items.stream().map(item -> text(word, item)).toList());
            });
        }
        return values;
    }

    private static String text(Object word, @Nullable Object value) {
        if (value instanceof String || value instanceof Number) {
            return value.toString();
        }
        throw new IllegalArgumentException(word + " is no text, number or list of these");
    }
}
