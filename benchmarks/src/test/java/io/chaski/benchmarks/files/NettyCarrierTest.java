package io.chaski.benchmarks.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.internal.netty.tls.TlsEngine;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends in one process. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NettyCarrierTest {

    @TempDir
    Path target;

    @TempDir
    Path source;

    Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.write(source.resolve("content.bin"), new byte[700_001]);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_file_arrives_under_its_name_and_another_after_it(boolean hashes) throws Exception {
        Path other = Files.writeString(source.resolve("other.txt"), "other");
        try (NettyCarrier carrier = NettyCarrier.clear(target, hashes)) {
            assertThat(carrier.carry(file))
                    .isEqualTo(target.resolve("content.bin"))
                    .hasSameBinaryContentAs(file);
            assertThat(carrier.carry(other)).hasContent("other");
        }
    }

    @Test
    void a_file_arrives_over_tls() throws Exception {
        Identities identities = Identities.make(source);
        try (NettyCarrier carrier = NettyCarrier.secured(target, TlsEngine.JDK, identities)) {
            assertThat(carrier.carry(file)).hasSameBinaryContentAs(file);
        }
    }

    @Test
    void a_name_that_is_taken_is_told() throws Exception {
        Files.createFile(target.resolve("content.bin.part"));
        try (NettyCarrier carrier = NettyCarrier.clear(target, true)) {
            assertThat(catchThrowable(() -> carrier.carry(file))).isInstanceOf(FileAlreadyExistsException.class);
        }
    }
}
