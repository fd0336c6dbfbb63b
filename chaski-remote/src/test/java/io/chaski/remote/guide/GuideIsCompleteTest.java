package io.chaski.remote.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.remote.CallException;
import io.chaski.remote.CallOptions;
import io.chaski.remote.RemoteOptions;
import io.chaski.remote.ServeOptions;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide has every option, and every way in which a call may fail. */
class GuideIsCompleteTest {

    private static String guide() throws IOException {
        return Files.readString(Path.of("..", "docs", "remote.md"));
    }

    private static Stream<String> options(Class<?> builder) {
        return Arrays.stream(builder.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getReturnType() == builder)
                .map(Method::getName)
                .distinct();
    }

    @Test
    void each_option_of_calls_of_services_and_of_remotes_is_used_or_explained() throws IOException {
        String guide = guide();
        List<String> options = Stream.of(
                        CallOptions.Builder.class, ServeOptions.Builder.class, RemoteOptions.Builder.class)
                .flatMap(GuideIsCompleteTest::options)
                .toList();
        assertThat(options)
                .hasSizeGreaterThan(15)
                .allSatisfy(option -> assertThat(guide).containsPattern("[.`]" + option + "[(`]"));
    }

    @Test
    void each_failure_has_a_row() throws IOException {
        String guide = guide();
        assertThat(CallException.class.getPermittedSubclasses())
                .hasSizeGreaterThan(5)
                .allSatisfy(failure -> assertThat(guide).contains("\n| `" + failure.getSimpleName() + "` |"));
    }
}
