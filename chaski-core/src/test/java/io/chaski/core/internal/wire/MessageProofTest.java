package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MessageProofTest {

    private static final ChainHash CHAIN = new ChainHash(0x0001020304050607L, -1, 2, Long.MIN_VALUE);
    private static final ArrayPayload CONTENT = Samples.payload("21.5");

    private static MessageProof proof(int size, int index, int signatureBytes) {
        byte[] path = new byte[MessageProof.pathHashes(size, index) * Sha256.BYTES];
        Arrays.fill(path, (byte) 0xaa);
        return new MessageProof(
                CHAIN, size, index, ArrayPayload.owning(path), ArrayPayload.owning(new byte[signatureBytes]));
    }

    @Test
    void its_bytes_are_those_of_the_specification() {
        assertThat(HexFormat.of().formatHex(proof(3, 2, 2).before(CONTENT).toByteArray()))
                .isEqualTo("0001020304050607" + "ffffffffffffffff" + "0000000000000002" + "8000000000000000" // chain
                        + "03" + "02" // the last of three
                        + "aa".repeat(32) // which has one hash beside its way
                        + "02" + "0000" // signature
                        + "32312e35"); // content
        assertThat(HexFormat.of().formatHex(proof(256, 255, 1).before(CONTENT).toByteArray()))
                .endsWith("8002" + "ff01" + "aa".repeat(8 * 32) + "01" + "00" + "32312e35");
    }

    @Test
    void is_read_as_it_was_written() {
        for (MessageProof proof : new MessageProof[] {proof(1, 0, 71), proof(7, 6, 1), proof(256, 128, 512)}) {
            ArrayPayload body = proof.before(CONTENT);
            assertThat(MessageProof.read(body)).isEqualTo(proof);
            assertThat(proof.contentOf(body)).isEqualTo(CONTENT);
            assertThat(ChainHash.inFrontOf(body)).isEqualTo(CHAIN);
            assertThat(proof.size()).isLessThanOrEqualTo(MessageProof.MAX_BYTES);
        }
        assertThat(proof(256, 128, 512).size()).isEqualTo(MessageProof.MAX_BYTES);
    }

    @Test
    void is_found_in_front_of_any_body_on_loan() {
        byte[] bytes = proof(1, 0, 3).before(CONTENT).toByteArray();
        PayloadView lent = new PayloadView() {
            @Override
            public int size() {
                return bytes.length;
            }

            @Override
            public void copyTo(int count, byte[] target, int targetOffset) {
                System.arraycopy(bytes, 0, target, targetOffset, count);
            }
        };
        assertThat(ChainHash.inFrontOf(lent)).isEqualTo(CHAIN);
    }

    @Test
    void what_is_cut_off_or_out_of_bounds_is_none() {
        byte[] whole = proof(3, 0, 9).before(CONTENT).toByteArray();
        int size = proof(3, 0, 9).size();
        for (int length = 0; length < size; length++) {
            ArrayPayload cut = ArrayPayload.owning(whole, 0, length);
            assertThatThrownBy(() -> MessageProof.read(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(ProtocolException.class);
        }
        for (String fields : new String[] {"0000", "810200", "0303", "0100" + "00", "0100" + "8104"}) {
            byte[] head = new byte[ChainHash.BYTES + 600];
            byte[] bad = HexFormat.of().parseHex(fields);
            System.arraycopy(bad, 0, head, ChainHash.BYTES, bad.length);
            assertThatThrownBy(() -> MessageProof.read(ArrayPayload.owning(head)))
                    .as(fields)
                    .isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> ChainHash.inFrontOf(Samples.payload("short"))).isInstanceOf(ProtocolException.class);
    }
}
