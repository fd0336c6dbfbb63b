package io.chaski.streamer.file;

import static io.chaski.streamer.file.TestFiles.file;
import static io.chaski.streamer.file.TestFiles.hash;
import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Registration;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@ChaskiTest(
        nodes = {"a", "b", "c"},
        time = TimeMode.LOOPBACK)
class SharingIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path temp;

    private static List<SharedFile> find(Peer peer, String pattern) throws Exception {
        return peer.files.find(pattern, LIMIT).get(60, TimeUnit.SECONDS);
    }

    @Test
    void a_shared_directory_is_listed_searched_and_fetched_from(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b)
            throws Exception {
        Peer owner = new Peer(a, temp.resolve("a"));
        Peer asking = new Peer(b, temp.resolve("b"));
        Path shared = temp.resolve("shared");
        Path manual = file(shared, "docs/manual.pdf", 700_000, 1);
        file(shared, "docs/notes.txt", 10, 2);
        file(shared, ".hidden", 10, 3);
        Files.createSymbolicLink(shared.resolve("link"), file(temp, "outside", 10, 4));

        Registration sharing = owner.files.share(shared);

        assertThat(asking.files.list(LIMIT).get(60, TimeUnit.SECONDS))
                .containsExactlyInAnyOrder(
                        new SharedFile(a.id(), "docs/manual.pdf", 700_000, hash(manual)),
                        new SharedFile(a.id(), "docs/notes.txt", 10, hash(shared.resolve("docs/notes.txt"))));
        assertThat(find(asking, "*.pdf")).extracting(SharedFile::name).containsExactly("docs/manual.pdf");
        assertThat(find(asking, "nothing")).isEmpty();
        ReceivedFile fetched =
                asking.files.fetch(hash(manual), asking.directory, LIMIT).get(60, TimeUnit.SECONDS);
        assertThat(fetched.path())
                .hasSameBinaryContentAs(manual)
                .isEqualTo(asking.directory.toRealPath().resolve("docs/manual.pdf"));

        Path late = file(shared, "late.txt", 5, 5);
        assertThat(find(asking, "late*")).as("what came later").hasSize(1);
        Files.delete(late);
        assertThat(find(asking, "late*")).isEmpty();
        sharing.close();
        assertThat(find(asking, "*")).isEmpty();
        assertThatThrownBy(() -> asking.files
                        .fetch(hash(shared.resolve("docs/notes.txt")), asking.directory, LIMIT)
                        .get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(TransferFailedException.class)
                .hasMessageContaining("NOT_FOUND");
    }

    @Test
    void a_file_that_several_peers_share_is_found_at_each_and_fetched_from_who_is_left(
            @Node("a") ChaskiNode a, @Node("b") ChaskiNode b, @Node("c") ChaskiNode c) throws Exception {
        Peer first = new Peer(a, temp.resolve("a"));
        Peer second = new Peer(b, temp.resolve("b"));
        Peer asking = new Peer(c, temp.resolve("c"));
        Path song = file(first.directory, "song.ogg", 400_000, 1);
        Files.createDirectories(second.directory.resolve("music"));
        Files.copy(song, second.directory.resolve("music/track 1.ogg"));
        Registration sharing = first.files.share(first.directory);
        second.files.share(second.directory);

        soon(() -> assertThat(find(asking, "*.ogg"))
                .containsExactlyInAnyOrder(
                        new SharedFile(a.id(), "song.ogg", 400_000, hash(song)),
                        new SharedFile(b.id(), "music/track 1.ogg", 400_000, hash(song))));
        sharing.close();
        ReceivedFile fetched =
                asking.files.fetch(hash(song), asking.directory, LIMIT).get(60, TimeUnit.SECONDS);

        assertThat(fetched.offer().sender()).isEqualTo(b.id());
        assertThat(fetched.path()).hasSameBinaryContentAs(song);
        assertThat(asking.names()).containsExactly("music/track 1.ogg");
    }

    @Test
    void a_node_knows_what_it_shares_itself(@Node("a") ChaskiNode a) throws Exception {
        Peer owner = new Peer(a, temp.resolve("a"));
        Path shared = temp.resolve("shared");
        Path manual = file(shared, "docs/manual.pdf", 700_000, 1);
        file(shared, ".hidden", 10, 3);
        assertThat(owner.files.shared("*").get(60, TimeUnit.SECONDS)).isEmpty();

        owner.files.share(shared);

        assertThat(owner.files.shared("*").get(60, TimeUnit.SECONDS))
                .containsExactly(new SharedFile(a.id(), "docs/manual.pdf", 700_000, hash(manual)));
        file(shared, "late.txt", 5, 5);
        assertThat(owner.files.shared("late*").get(60, TimeUnit.SECONDS))
                .as("what came later")
                .hasSize(1);
        assertThatIllegalArgumentException().isThrownBy(() -> owner.files.shared("x".repeat(1_025)));
        owner.files.close();
        assertThatThrownBy(() -> owner.files.shared("*")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void what_makes_no_sense_is_refused_at_the_call(@Node("a") ChaskiNode a) throws Exception {
        Peer owner = new Peer(a, temp.resolve("a"));
        Path hidden = file(temp, ".hidden", 1, 1);

        assertThatIllegalArgumentException().isThrownBy(() -> owner.files.pushFile("t", hidden));
        assertThatIllegalArgumentException().isThrownBy(() -> owner.files.pushFile("t", temp));
        assertThatIllegalArgumentException().isThrownBy(() -> owner.files.pushDirectory("t", temp, Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> owner.files.share(hidden));
        assertThatIllegalArgumentException().isThrownBy(() -> owner.files.fetch("abc", temp, LIMIT));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileOptions.builder().transfers(0).build())
                .withMessageContaining("transfers must be 1 to 1024: 0");
        assertThatThrownBy(() -> FileExchange.on(a)).isInstanceOf(IllegalStateException.class);
        owner.files.close();
        assertThatThrownBy(() -> owner.files.share(temp)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hashes_have_known_values() throws Exception {
        Path abc = Files.writeString(temp.resolve("abc"), "abc");
        assertThat(FileExchange.hash(abc, "MD5")).isEqualTo("900150983cd24fb0d6963f7d28e17f72");
        assertThat(FileExchange.hash(abc, "SHA-1")).isEqualTo("a9993e364706816aba3e25717850c26c9cd0d89d");
        assertThat(hash(abc)).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
