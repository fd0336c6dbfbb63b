package io.chaski.remote.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.remote.Service;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncementTest {

    private static final Service ADD = new Service("add", "1", 0x0102030405060708L);

    static Stream<Arguments> golden() {
        return Stream.of(
                Arguments.of(
                        new Announcement.Listing(5, List.of(Address.parse("127.0.0.1:8511")), List.of(ADD)),
                        "01 0000000000000005 01 0e 3132372e302e302e313a38353131 0001 03 616464 01 31 0102030405060708"),
                Arguments.of(
                        new Announcement.Change(5, 6, List.of(new ServiceKey("sub", "")), List.of(ADD)),
                        "02 0000000000000005 0000000000000006 0001 03 737562 00 0001 03 616464 01 31 0102030405060708"),
                Arguments.of(new Announcement.Here(-1), "03 ffffffffffffffff"),
                Arguments.of(
                        new Announcement.Ask(List.of(new NodeId(1, 2))), "04 01 0000000000000001 0000000000000002"),
                Arguments.of(new Announcement.Ask(List.of()), "04 00"),
                Arguments.of(new Announcement.Goodbye(7), "05 0000000000000007"));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void each_kind_has_its_bytes(Announcement announcement, String hex) {
        assertThat(announcement.encode()).isEqualTo(bytes(hex));
        assertThat(Announcement.decode(bytes(hex))).contains(announcement);
    }

    @ParameterizedTest
    @MethodSource("golden")
    void none_is_read_when_it_is_cut_short_or_goes_on(Announcement announcement, String hex) {
        byte[] whole = bytes(hex);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Announcement.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Announcement.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01 0000000000000005 00 ffff",
                "01 0000000000000005 00 0401",
                "01 0000000000000005 09",
                "01 0000000000000005 01 03 2f2f2f 0000",
                "01 0000000000000005 00 0001 00 00 0000000000000000",
                "01 0000000000000005 00 0001 02 c0af 00 0000000000000000",
                "01 0000000000000005 00 0001 01 0a 00 0000000000000000",
                "01 0000000000000005 00 0002 01 61 00 0000000000000000 01 61 00 0000000000000001",
                "02 0000000000000005 0000000000000005 0000 0000",
                "02 0000000000000005 0000000000000006 0002 01 61 00 01 61 00 0000",
                "04 41"
            })
    void what_nobody_would_say_is_malformed(String hex) {
        assertThatThrownBy(() -> Announcement.decode(bytes(hex))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_kind_of_a_later_version_is_passed_over() {
        assertThat(Announcement.decode(new byte[] {77, 1, 2, 3})).isEmpty();
    }

    @Test
    void whatever_comes_is_read_or_refused() {
        Random random = new Random(7);
        List<byte[]> seeds = golden().map(each -> bytes((String) each.get()[1])).toList();
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] mutated = seeds.get(random.nextInt(seeds.size())).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            try {
                read += Announcement.decode(mutated).isPresent() ? 1 : 0;
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessage(refused.getMessage());
            }
        }
        assertThat(read).as("some mutations are messages").isPositive();
    }

    @Test
    void a_java_serialisation_stream_is_not_a_message() {
        byte[] gadget =
                ByteBuffer.allocate(64).putInt(0xaced0005).putInt(0x73720011).array();

        assertThat(Announcement.decode(gadget)).isEmpty(); // 0xac is no kind; nothing more of it is looked at
    }

    @Test
    void a_full_listing_fits_a_message() {
        List<Service> services = IntStream.range(0, Limits.MAX_SERVICES_PER_NODE)
                .mapToObj(i -> new Service("a-service-with-a-name-that-people-give/" + i, "1.0", i))
                .toList();
        Announcement listing = new Announcement.Listing(1, List.of(), services);

        assertThat(listing.encode()).hasSizeLessThan(Limits.MAX_MESSAGE_BYTES);
        assertThat(Announcement.decode(listing.encode())).contains(listing);
    }
}
