package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OptionsTest {

    private static AuthorityOptions.Builder builder() {
        return AuthorityOptions.builder(new TrustDomain("plant-7.example"));
    }

    @Nested
    class Lifetimes {
        @Test
        void are_a_day_unless_said_otherwise() {
            assertThat(builder().build().leafLifetime()).isEqualTo(Duration.ofDays(1));
            assertThat(builder().build().allowedExpired()).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"PT4M59S", "P7DT1S", "PT1H0.5S", "PT-1H"})
        void have_bounds(String lifetime) {
            assertThatThrownBy(() ->
                            builder().leafLifetime(Duration.parse(lifetime)).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("leafLifetime");
        }

        @Test
        void of_ended_certificates_have_bounds() {
            assertThatThrownBy(
                            () -> builder().allowedExpired(Duration.ofHours(25)).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("allowedExpired");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", "host:123456", "ho st:1", "a,b:1", "a\\b:1", "h\\uZZZZ:1", "host:1\n"})
    void an_address_is_host_and_port(String address) {
        assertThatThrownBy(() -> builder().address(address).build()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void there_are_four_addresses_at_most() {
        AuthorityOptions.Builder builder = builder();
        for (int i = 0; i < 4; i++) {
            builder.address("[::1]:" + i);
        }
        assertThat(builder.build().addresses()).hasSize(4);
        assertThatThrownBy(() -> builder.address("a:1").build()).isInstanceOf(IllegalArgumentException.class);
    }

    /** Row A07. */
    @Nested
    class Subject_attributes {
        @Test
        void that_are_wrong_are_named() {
            assertNamed("country", "Peru", Optional.empty());
            assertNamed("country", "pe", Optional.empty());
            assertNamed("organisation", "PE", Optional.of(" "));
            assertNamed("organisation", "PE", Optional.of("x".repeat(65)));
            assertNamed("organisation", "PE", Optional.of("x\ny"));
        }

        private void assertNamed(String name, String country, Optional<String> organisation) {
            assertThatThrownBy(() -> new SubjectAttributes(
                            Optional.of(country), Optional.empty(), Optional.empty(), organisation, Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name);
        }
    }

    @Nested
    class Passwords {
        @TempDir
        Path directory;

        @Test
        void are_the_first_line_of_a_file() throws IOException {
            Path file = directory.resolve("password");
            for (String content : new String[] {"s\u00e9cret", "s\u00e9cret\n", "s\u00e9cret\r\nnot this\n"}) {
                Files.writeString(file, content);
                assertThat(PasswordSource.ofFile(file).read()).isEqualTo("s\u00e9cret".toCharArray());
            }
        }

        @Test
        void may_have_1024_characters() throws IOException {
            Path file = directory.resolve("password");
            Files.writeString(file, "x".repeat(PasswordSource.MAX_LENGTH) + "\n" + "y".repeat(9_999));

            assertThat(PasswordSource.ofFile(file).read()).hasSize(PasswordSource.MAX_LENGTH);
        }

        @Test
        void that_are_empty_or_endless_are_refused() throws IOException {
            Path file = directory.resolve("password");
            for (String content : new String[] {"", "\n", "x".repeat(PasswordSource.MAX_LENGTH + 1)}) {
                Files.writeString(file, content);
                assertThatThrownBy(() -> PasswordSource.ofFile(file).read())
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("password")
                        .hasMessageNotContaining("xxx");
            }
        }

        @Test
        void that_are_not_in_the_environment_are_missed() {
            assertThatThrownBy(() -> PasswordSource.ofEnvironment("CHASKI_NO_SUCH_PASSWORD")
                            .read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("CHASKI_NO_SUCH_PASSWORD");
        }

        @Test
        void come_from_the_environment_as_they_are() throws IOException {
            assertThat(PasswordSource.ofEnvironment("PATH").read())
                    .isEqualTo(System.getenv("PATH").toCharArray());
        }
    }
}
