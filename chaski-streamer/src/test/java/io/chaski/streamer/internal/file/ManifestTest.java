package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {

    private static final int CHUNK = Manifest.MIN_CHUNK_BYTES;

    @TempDir
    Path temp;

    private FileHasher.Hashed hashed(byte[] content) throws Exception {
        return FileHasher.hash(Files.write(temp.resolve("file"), content), () -> false)
                .orElseThrow();
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 262144, 0",
        "1, 262144, 1",
        "262144, 262144, 1",
        "262145, 262144, 2",
        "8388608000, 262144, 32000",
        "8388608001, 524288, 16001",
        "34359738368000, 1073741824, 32000"
    })
    void the_size_of_the_chunks_follows_from_that_of_the_file(long size, int chunkBytes, int chunks) {
        Manifest manifest = new Manifest(Sha256.OF_NOTHING, size, Sha256.OF_NOTHING);

        assertThat(manifest.chunkBytes()).isEqualTo(chunkBytes);
        assertThat(manifest.chunks()).isEqualTo(chunks);
        if (chunks > 0) {
            assertThat(manifest.position(chunks - 1) + manifest.length(chunks - 1))
                    .isEqualTo(size);
        }
    }

    @Test
    void a_size_that_no_file_has_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Manifest(Sha256.OF_NOTHING, -1, Sha256.OF_NOTHING));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Manifest(Sha256.OF_NOTHING, Manifest.MAX_SIZE + 1, Sha256.OF_NOTHING));
    }

    @Test
    void a_file_that_is_too_large_for_any_manifest_has_no_size_of_chunks_either() {
        for (long size : new long[] {Manifest.MAX_SIZE + 1, Long.MAX_VALUE, -1}) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(50),
                    () -> assertThatIllegalArgumentException().isThrownBy(() -> Manifest.chunkBytes(size)));
        }
    }

    @Test
    void one_reading_gives_the_hash_of_the_whole_and_of_each_chunk() throws Exception {
        byte[] content = random(2 * CHUNK + 5);

        FileHasher.Hashed hashed = hashed(content);

        assertThat(hashed.manifest().hash()).isEqualTo(Sha256.of(content));
        assertThat(hashed.list().size()).isEqualTo(3);
        assertThat(hashed.list().get(1)).isEqualTo(Sha256.of(Arrays.copyOfRange(content, CHUNK, 2 * CHUNK)));
        assertThat(hashed.list().get(2)).isEqualTo(Sha256.of(Arrays.copyOfRange(content, 2 * CHUNK, content.length)));
        assertThat(ChunkList.verified(hashed.list().encoded(), hashed.manifest()))
                .isPresent();
    }

    @Test
    void the_list_of_a_file_of_one_chunk_or_none_need_not_travel() throws Exception {
        for (byte[] content : List.of(new byte[0], random(7), random(CHUNK))) {
            FileHasher.Hashed hashed = hashed(content);
            assertThat(ChunkList.implied(hashed.manifest()).orElseThrow().encoded())
                    .isEqualTo(hashed.list().encoded());
        }
        assertThat(ChunkList.implied(hashed(random(CHUNK + 1)).manifest())).isEmpty();
    }

    @Test
    void a_list_that_is_not_the_one_of_the_manifest_is_none() throws Exception {
        FileHasher.Hashed hashed = hashed(random(3 * CHUNK));
        byte[] changed = hashed.list().encoded().clone();
        changed[40]++;
        byte[] cut = Arrays.copyOf(hashed.list().encoded(), 64);

        assertThat(ChunkList.verified(changed, hashed.manifest())).isEmpty();
        assertThat(ChunkList.verified(cut, hashed.manifest())).isEmpty();
        Manifest lie =
                new Manifest(hashed.manifest().hash(), 1, hashed.manifest().listHash());
        assertThat(ChunkList.implied(lie)).isEmpty();
    }

    @Test
    void a_file_that_grows_or_is_stopped_while_it_is_read_has_no_manifest() throws Exception {
        Path file = Files.write(temp.resolve("growing"), random(2 * CHUNK));
        AtomicInteger buffers = new AtomicInteger();

        assertThat(FileHasher.hash(file, () -> true)).isEmpty();
        assertThat(FileHasher.hash(file, () -> {
                    if (buffers.getAndIncrement() == 0) {
                        append(file);
                    }
                    return false;
                }))
                .isEmpty();
    }

    private static void append(Path file) {
        try {
            Files.write(file, new byte[1], StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_hash_is_printed_and_read_as_everybody_does() {
        String ofAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII)))
                .hasToString(ofAbc)
                .isEqualTo(Sha256.parse(ofAbc));
        assertThatIllegalArgumentException().isThrownBy(() -> Sha256.parse("abc"));
        assertThatIllegalArgumentException().isThrownBy(() -> Sha256.parse("x".repeat(64)));
    }
}
