package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AnnouncementTest {

    private static final Announcement WORKS = Announcement.there(
            Announcement.Kind.WORKS, "täsks", List.of(Address.parse("127.0.0.1:8511"), Address.parse("[::1]:80")));

    @Test
    void is_read_as_it_was_written() {
        assertThat(Announcement.decode(WORKS.encode())).contains(WORKS);
        for (Announcement.Kind kind : Announcement.Kind.values()) {
            Announcement other = Announcement.of(kind, "q".repeat(244));
            assertThat(Announcement.decode(other.encode())).contains(other);
        }
    }

    @Test
    void names_four_addresses_at_most() {
        List<Address> many = List.of(
                Address.tcp("a", 1),
                Address.tcp("b", 2),
                Address.tcp("c", 3),
                Address.tcp("d", 4),
                Address.tcp("e", 5));

        assertThat(Announcement.there(Announcement.Kind.WORKS, "q", many).addresses())
                .isEqualTo(many.subList(0, 4));
    }

    @Test
    void that_is_cut_off_or_something_else_is_nothing() {
        byte[] bytes = WORKS.encode();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(Announcement.decode(Arrays.copyOf(bytes, length))).isEmpty();
        }
        bytes[0] = 5;
        assertThat(Announcement.decode(bytes)).isEmpty();
    }

    @Test
    void of_any_bytes_is_read_or_nothing() {
        Random random = new Random(2);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(30)];
            random.nextBytes(bytes);
            assertThat(Announcement.decode(bytes)).isNotNull();
        }
    }
}
