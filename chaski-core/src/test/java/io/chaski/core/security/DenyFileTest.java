package io.chaski.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ConfigurationException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DenyFileTest {

    private static final ChaskiUri MILL = ChaskiUri.parse("chaski://plant-7.example/node/mill-3");

    @TempDir
    Path folder;

    private Path file;
    private DenyFile deny;

    @BeforeEach
    void name() {
        file = folder.resolve("deny");
        deny = new DenyFile(file);
    }

    @Test
    void denies_by_number_key_and_identity() throws IOException {
        Files.writeString(file, "# stolen\n\n  serial:4F1a09  # by night\nkey:" + "ab".repeat(32) + "\n" + MILL + "\n");

        assertThat(deny.read())
                .isEqualTo(new DenyList(
                        Set.of(BigInteger.valueOf(0x4f1a09)),
                        Set.of(Fingerprint.parse("ab".repeat(32))),
                        Set.of(MILL)));
    }

    @Test
    void denies_nobody_when_it_is_not_there() throws IOException {
        assertThat(deny.read()).isEqualTo(DenyList.EMPTY);
    }

    @Test
    void is_read_again_when_it_has_changed() throws IOException {
        assertThat(deny.readIfChanged()).isEmpty();
        Files.writeString(file, MILL + "\n");
        assertThat(deny.readIfChanged()).contains(new DenyList(Set.of(), Set.of(), Set.of(MILL)));
        assertThat(deny.readIfChanged()).isEmpty();
        Files.writeString(file, "serial:01\n");
        assertThat(deny.readIfChanged()).isPresent();
        Files.delete(file);
        assertThat(deny.readIfChanged()).contains(DenyList.EMPTY);
    }

    @Test
    void names_the_line_that_makes_no_sense() throws IOException {
        for (String wrong :
                new String[] {"serial:", "serial:xy", "serial:-1", "key:ab", "chaski://PLANT/node/x", "mill-3"}) {
            Files.writeString(file, "\n" + MILL + "\n" + wrong + "\n");

            assertThatThrownBy(() -> deny.read())
                    .as(wrong)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(file + ", line 3: ");
        }
    }

    /** Somebody edits it: the next look sees the whole line. */
    @Test
    void tells_of_the_same_mistake_once() throws IOException {
        Files.writeString(file, "chaski://pla"); // saved in the middle
        assertThatThrownBy(() -> deny.readIfChanged()).isInstanceOf(ConfigurationException.class);
        assertThat(deny.readIfChanged()).isEmpty();
        Files.writeString(file, MILL + "\n");
        assertThat(deny.readIfChanged()).isPresent();
    }

    @Test
    void is_a_text_of_bounded_length() throws IOException {
        Files.write(file, new byte[] {(byte) 0xC0, (byte) 0xAF});
        assertThatThrownBy(() -> deny.read()).isInstanceOf(ConfigurationException.class);
        Files.write(file, new byte[DenyFile.MAX_BYTES + 1]);
        assertThatThrownBy(() -> deny.read()).isInstanceOf(ConfigurationException.class);
    }
}
