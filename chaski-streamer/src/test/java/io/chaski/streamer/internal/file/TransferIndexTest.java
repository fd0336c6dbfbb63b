package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.NameClash;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferIndexTest {

    private static final NodeId SENDER = new NodeId(0, 1);
    private static final Manifest ONE = new Manifest(Sha256.of(new byte[] {1}), 10, Sha256.OF_NOTHING);
    private static final Manifest OTHER = new Manifest(Sha256.of(new byte[] {1}), 11, Sha256.OF_NOTHING);

    @TempDir
    Path temp;

    private final TransferIndex index = new TransferIndex();
    private final Receiving receiving = new Receiving();
    private Receiving.Party party;

    @BeforeEach
    void accept() {
        party = receiving.accept(temp, FilePolicy.acceptAll(NameClash.REFUSE));
    }

    private Transfer transfer(Manifest manifest, String name) {
        Incoming incoming = Receiving.offer(SENDER, 0, manifest, name);
        return new Transfer(receiving.context, incoming, party.destination, NameClash.REFUSE, () -> 0, ended -> {});
    }

    private static Destination.Push push(long id) {
        return new Destination.Push(SENDER, id);
    }

    @Test
    void a_transfer_is_found_by_each_of_its_pushes_and_by_manifest_and_name_until_it_ends() {
        Transfer first = transfer(ONE, "f");
        Transfer second = transfer(ONE, "g");
        Transfer third = transfer(OTHER, "f");
        index.add(push(1), first);
        index.add(push(2), first);
        index.add(push(3), second);
        index.add(push(4), third);

        assertThat(index.find(push(2))).containsSame(first);
        assertThat(index.find(push(5))).isEmpty();
        assertThat(index.find(ONE, "g")).containsSame(second);
        assertThat(index.find(OTHER, "g")).isEmpty();
        assertThat(index.of(ONE)).containsExactly(first, second);
        assertThat(index.all()).containsExactly(first, second, third);

        index.remove(first);
        index.remove(second);

        assertThat(index.find(push(1))).isEmpty();
        assertThat(index.find(push(2))).isEmpty();
        assertThat(index.of(ONE)).isEmpty();
        assertThat(index.all()).containsExactly(third);
    }

    @Test
    void a_publisher_that_repeats_itself_under_other_numbers_takes_a_few_places() {
        Transfer transfer = transfer(ONE, "f");
        for (long id = 0; id < TransferIndex.MAX_PUSHES; id++) {
            assertThat(index.add(push(id), transfer)).isTrue();
        }

        assertThat(index.add(push(TransferIndex.MAX_PUSHES), transfer)).isFalse();
        assertThat(index.find(push(TransferIndex.MAX_PUSHES))).isEmpty();
    }
}
