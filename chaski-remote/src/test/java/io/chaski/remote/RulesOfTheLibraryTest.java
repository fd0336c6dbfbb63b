package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.Subject;
import io.chaski.core.security.policy.SystemTopic;
import io.chaski.remote.internal.schedule.ScheduleService;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Whatever the modules add of their own - topics, services - is named by a rule, or denied. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RulesOfTheLibraryTest {

    /** Names that applications cannot use, as they are written in sources. */
    private static final Pattern RESERVED = Pattern.compile("\"([$@][A-Za-z][^\"]*|@)\"");

    /** What the library serves by itself, by name. */
    private static final Map<String, Class<?>> SERVICES = Map.of(ScheduleService.NAME, ScheduleService.class);

    private static final Subject MILL = Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/mill-3"));

    @Test
    void every_topic_and_service_of_the_library_has_a_rule() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String module : Set.of("chaski-core", "chaski-streamer", "chaski-remote", "chaski-ca")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    RESERVED.matcher(Files.readString(file))
                            .results()
                            .map((MatchResult found) -> found.group(1))
                            .forEach(used::add);
                }
            }
        }

        assertThat(used).contains(SystemTopic.SERVICES.topic()).containsAll(SERVICES.keySet());
        used.removeAll(SERVICES.keySet());
        used.remove(SystemTopic.TRUSTED);
        assertThat(Arrays.stream(SystemTopic.values()).map(SystemTopic::topic).collect(Collectors.toSet()))
                .as("a topic needs a rule, a service a line above, so that its methods are looked at below")
                .containsAll(used);
    }

    @Test
    void methods_of_services_of_the_library_are_denied_until_a_policy_names_them() {
        AccessRules members = AccessRules.of(Policy.members());
        AccessRules everything = calling("**");

        SERVICES.forEach((name, type) -> {
            AccessRules named = calling(name + "/*");
            Method[] methods = type.getDeclaredMethods();
            assertThat(methods).isNotEmpty();
            for (Method method : methods) {
                String object = name + "/" + method.getName();
                assertThat(mayCall(members, object)).isFalse();
                assertThat(mayCall(everything, object)).isFalse();
                assertThat(mayCall(named, object)).isTrue();
            }
        });
    }

    private static AccessRules calling(String pattern) {
        return AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":"
                + "[\"chaski://plant-7.example/**\"],\"rpc.call\":[\"" + pattern + "\"]}}}"));
    }

    private static boolean mayCall(AccessRules rules, String object) {
        return rules.decide(MILL, Action.RPC_CALL, object).isAllowed();
    }
}
