package io.chaski.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chaski.core.Address;
import io.chaski.core.Presence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChatOptionsTest {

    private static ChatOptions parse(String line) {
        return ChatOptions.parse(List.of(line.split(" ")));
    }

    @Test
    void a_room_is_entered_through_its_members() {
        assertThat(parse("--name ann --room kitchen --join 127.0.0.1:8520 --join [::1]:8521"))
                .isEqualTo(new ChatOptions(
                        "ann",
                        Address.tcp("127.0.0.1", 0),
                        Optional.of(new RoomOptions(
                                "kitchen",
                                List.of(Address.tcp("127.0.0.1", 8520), Address.tcp("::1", 8521)),
                                Presence.LEASE,
                                Optional.empty(),
                                1,
                                false)),
                        false));
    }

    @Test
    void a_member_may_keep_what_is_said() {
        assertThat(parse("--name ann --durable /tmp/ann --room kitchen --copies 2 --lease 5 --wired --port 8520"))
                .isEqualTo(new ChatOptions(
                        "ann",
                        Address.tcp("127.0.0.1", 8520),
                        Optional.of(new RoomOptions(
                                "kitchen",
                                List.of(),
                                Duration.ofSeconds(5),
                                Optional.of(Path.of("/tmp/ann")),
                                2,
                                true)),
                        false));
    }

    @Test
    void no_name_of_a_room_leads_out_of_the_directory() {
        for (String name : List.of("..", "../../etc", "a/../../b", "C:\\x", "a b")) {
            RoomOptions room =
                    new RoomOptions(name, List.of(), Presence.LEASE, Optional.of(Path.of("/home/ann")), 1, false);
            assertThat(room.keepIn().orElseThrow().normalize()).hasParentRaw(Path.of("/home/ann"));
        }
    }

    @Test
    void of_two_one_waits_and_the_other_comes() {
        assertThat(parse("--name ann --server --ip 127.0.0.2 --port 8520"))
                .isEqualTo(new ChatOptions("ann", Address.tcp("127.0.0.2", 8520), Optional.empty(), true));
        assertThat(parse("--name bob --port 8520"))
                .isEqualTo(new ChatOptions("bob", Address.tcp("127.0.0.1", 8520), Optional.empty(), false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --room kitchen                         | --name is needed
            --name ann                             | --port says where the other one waits
            --name ann --room kitchen --server     | --room or --server, not both
            --name ann --server --join 127.0.0.1:1 | --join is for rooms
            --name ann --port many                 | --port needs a number, not many
            --name ann --port 70000                | port must be 0 to 65535
            --name ann --room                      | --room needs a value
            --name ann --room kitchen --join nine  | not an address
            --name ann --colour red                | unknown option --colour
            --name ann --server --durable /tmp/ann | --durable is for rooms
            --name ann --server --wired            | --wired is for rooms
            --name ann --room kitchen --copies 2   | --copies is for members with --durable
            --name ann --server --lease 5          | --lease is for rooms
            --name ann --room kitchen --lease 2    | --lease takes 3 to 300 seconds
            --name ann --room kitchen --durable /tmp/ann --copies 9 | --copies takes 1 to 8
            --name ann --room a/+/b                | --room: not a topic name
            --name ann --room a//b                 | --room: not a topic name
            """)
    void what_makes_no_sense_is_said(String line, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(line)).withMessageContaining(message);
    }
}
