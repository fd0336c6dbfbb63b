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

    private static final Pattern RESERVED = Pattern.compile("new ReservedName\\(\\s*\"([^\"]+)\"");
    private static final Subject MILL = Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/mill-3"));

    @Test
    void every_topic_of_the_library_has_a_rule() throws IOException {
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

        assertThat(used).isNotEmpty();
        assertThat(Arrays.stream(SystemTopic.values()).map(SystemTopic::topic).collect(Collectors.toSet()))
                .as("topics of the library without a rule would be denied to everybody")
                .containsAll(used);
    }

    @Test
    void methods_of_services_of_the_library_are_denied_until_a_policy_names_them() {
        AccessRules members = AccessRules.of(Policy.members());
        AccessRules everything = AccessRules.of(
                Policy.parse(
                        "{\"version\":1,\"roles\":{\"all\":{\"match\":[\"chaski://plant-7.example/**\"],\"rpc.call\":[\"**\"]}}}"));
        AccessRules named = AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":"
                + "[\"chaski://plant-7.example/**\"],\"rpc.call\":[\"$schedules/*\"]}}}"));

        Method[] methods = ScheduleService.class.getDeclaredMethods();
        assertThat(methods).hasSizeGreaterThan(3);
        for (Method method : methods) {
            String object = ScheduleService.NAME + "/" + method.getName();
            assertThat(members.decide(MILL, Action.RPC_CALL, object).isAllowed())
                    .isFalse();
            assertThat(everything.decide(MILL, Action.RPC_CALL, object).isAllowed())
                    .isFalse();
            assertThat(named.decide(MILL, Action.RPC_CALL, object).isAllowed()).isTrue();
        }
    }
}
