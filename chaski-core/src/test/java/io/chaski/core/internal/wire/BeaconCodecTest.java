package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BeaconCodecTest {

    /** What docs/protocol.md says, written down by hand: cluster "lab", token 1, port 8511. */
    private static final String GOLDEN = "c50107" + "d493c84d24c19e33" + "0000000000000001" + "213f";

    private static final Beacon BEACON = new Beacon(Beacon.hashOf("lab"), 1, 8511);

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }

    @Test
    void a_beacon_has_these_bytes() {
        ByteBuf out = Unpooled.buffer();
        BeaconCodec.encode(BEACON, out);

        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(GOLDEN);
        assertThat(out.readableBytes()).isEqualTo(BeaconCodec.BYTES);
        assertThat(BeaconCodec.decode(bytes(GOLDEN))).isEqualTo(BEACON);
    }

    @Test
    void it_tells_neither_the_name_of_the_cluster_nor_the_hash_of_a_topic() {
        assertThat(Beacon.hashOf("lab")).isNotEqualTo(Beacon.hashOf("lab2")).isNotEqualTo(TopicSummary.hashOf("lab"));
    }

    @Test
    void one_that_is_cut_anywhere_or_has_more_is_none() {
        for (int length = 0; length < GOLDEN.length(); length += 2) {
            assertThat(BeaconCodec.decode(bytes(GOLDEN.substring(0, length))))
                    .as("%d bytes", length / 2)
                    .isNull();
        }
        assertThat(BeaconCodec.decode(bytes(GOLDEN + "00"))).isNull();
        assertThat(BeaconCodec.decode(Unpooled.wrappedBuffer(new byte[Datagram.MAX_BYTES])))
                .isNull();
    }

    @ParameterizedTest(name = "byte {0} is {1}")
    @CsvSource({"0, c4", "1, 02", "1, 00", "2, 01", "2, 06", "2, 08"})
    void of_another_kind_or_version_it_is_none(int at, String value) {
        String changed = GOLDEN.substring(0, 2 * at) + value + GOLDEN.substring(2 * at + 2);

        assertThat(BeaconCodec.decode(bytes(changed))).isNull();
    }

    @Test
    void a_port_is_1_to_65535() {
        String without = GOLDEN.substring(0, GOLDEN.length() - 4);

        assertThat(BeaconCodec.decode(bytes(without + "0000"))).isNull();
        assertThat(BeaconCodec.decode(bytes(without + "ffff")))
                .isEqualTo(new Beacon(BEACON.cluster(), BEACON.token(), 65_535));
        assertThatThrownBy(() -> new Beacon(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Beacon(1, 1, 65_536)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void at_the_port_of_a_node_it_is_no_datagram() {
        List<DatagramSink.Rejection> rejections = new ArrayList<>();
        new DatagramCodec().decode(bytes(GOLDEN), new DatagramSink() {
            @Override
            public void onDatagram(Datagram datagram) {
                throw new AssertionError("a beacon is none: " + datagram);
            }

            @Override
            public void onRejected(Rejection why) {
                rejections.add(why);
            }
        });

        assertThat(rejections).containsExactly(DatagramSink.Rejection.TYPE);
    }
}
