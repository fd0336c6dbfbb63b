package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.TypeRef;
import io.chaski.core.codec.PayloadCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The description of the gateway, which each answer of a test is compared with: it has to say that there is such an answer, of which
 * type, and with which content. In the end it tells which of the answers that it promises nobody has seen.
 */
final class OpenApi {

    private final Map<String, Object> description;
    private final TreeSet<String> promised = new TreeSet<>();

    OpenApi() throws IOException {
        try (InputStream resource = RestGateway.class.getResourceAsStream("openapi.json")) {
            description = object(PayloadCodec.json()
                    .decode(
                            Objects.requireNonNull(resource).readAllBytes(),
                            new TypeRef<Map<String, Object>>() {}.type()));
        }
        paths().forEach((path, operations) -> object(operations)
                .forEach((method, operation) -> object(object(operation).get("responses"))
                        .keySet()
                        .forEach(status -> promised.add(promise(path, method, status)))));
    }

    /** Answers that are promised, and have not been seen. */
    List<String> unseen() {
        return List.copyOf(promised);
    }

    /**
     * An answer of the gateway.
     *
     * @param headers by their names
     * @param body read as UTF-8, which what is no text is not
     */
    record Answer(int status, Map<String, String> headers, String body) {}

    /** Fails if an answer is not as described; of what is not described it demands a no. */
    void check(String asked, String path, Answer answer) {
        String method = asked.toLowerCase(Locale.ROOT);
        Map<String, Object> operations = new TreeMap<>();
        paths().forEach((template, all) -> {
            if (path.matches(template.replaceAll("\\{\\w+}", "[^/]*"))
                    && object(all).containsKey(method)) {
                operations.put(template, object(all).get(method));
            }
        });
        if (operations.isEmpty()) {
            assertThat(answer.status())
                    .as("%s %s, which is not described", method, path)
                    .isIn(404, 405);
        } else {
            String template = operations.keySet().iterator().next();
            String status = Integer.toString(answer.status());
            Map<String, Object> responses =
                    object(object(operations.get(template)).get("responses"));
            assertThat(responses).as("%s %s", method, template).containsKey(status);
            promised.remove(promise(template, method, status));
            check(resolved(responses.get(status)), answer);
        }
    }

    private void check(Map<String, Object> described, Answer answer) {
        object(described.getOrDefault("headers", Map.of()))
                .keySet()
                .forEach(header -> assertThat(answer.headers()).containsKey(header.toLowerCase(Locale.ROOT)));
        Map<String, Object> content = object(described.get("content"));
        String type = answer.headers().getOrDefault("content-type", "");
        assertThat(content).containsOnlyKeys(type);
        if (object(content.get(type)).containsKey("schema")) {
            Object value = PayloadCodec.json()
                    .decode(answer.body().getBytes(StandardCharsets.UTF_8), new TypeRef<Object>() {}.type());
            assertThat(problems(value, object(content.get(type)).get("schema"), "the body"))
                    .isEmpty();
        }
    }

    private static String promise(String path, String method, String status) {
        return method + " " + path + " " + status;
    }

    private Map<String, Object> paths() {
        return object(description.get("paths"));
    }

    /** As much of JSON Schema as the description uses. Properties that it does not know are problems, and so are missing ones. */
    private List<String> problems(@Nullable Object value, @Nullable Object reference, String where) {
        Map<String, Object> schema = resolved(reference);
        List<String> problems = new ArrayList<>();
        switch (String.valueOf(schema.get("type"))) {
            case "object" -> {
                Map<String, Object> properties = properties(schema);
                if (value instanceof Map<?, ?> map && map.keySet().equals(properties.keySet())) {
                    properties.forEach((name, of) -> problems.addAll(problems(map.get(name), of, where + "." + name)));
                } else {
                    problems.add(where + " has not the properties " + properties.keySet() + " but is " + value);
                }
            }
            case "array" -> {
                if (value instanceof List<?> list) {
                    list.forEach(item -> problems.addAll(problems(item, schema.get("items"), where + "[]")));
                } else {
                    problems.add(where + " is no array");
                }
            }
            case "string" -> require(value instanceof String, where + " is no string", problems);
            case "integer" ->
                require(value instanceof Integer || value instanceof Long, where + " is no integer", problems);
            case "boolean" -> require(value instanceof Boolean, where + " is no boolean", problems);
            default -> problems.add(where + " has no type that is known here");
        }
        return problems;
    }

    private static void require(boolean isRight, String problem, List<String> problems) {
        if (!isRight) {
            problems.add(problem);
        }
    }

    private Map<String, Object> properties(Map<String, Object> schema) {
        Map<String, Object> all = new TreeMap<>(object(schema.getOrDefault("properties", Map.of())));
        for (Object part : (List<?>) schema.getOrDefault("allOf", List.of())) {
            all.putAll(properties(resolved(part)));
        }
        return all;
    }

    private Map<String, Object> resolved(@Nullable Object value) {
        Object found = object(value);
        if (object(value).get("$ref") instanceof String reference) {
            found = description;
            for (String step : reference.substring("#/".length()).split("/", -1)) {
                found = Objects.requireNonNull(object(found).get(step), reference);
            }
        }
        return object(found);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) value;
    }
}
