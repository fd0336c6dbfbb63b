package io.chaski.streamer.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chaski.core.ChaskiNode;
import io.chaski.core.TypeRef;
import io.chaski.core.codec.CodecException;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.ThrowingCodec;
import io.chaski.streamer.work.JobFailedException.Problem;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A codec that throws anything ends one job, and never the queue. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ThrowingCodecIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ChaskiNode node = ChaskiNode.builder().listenNowhere().start();
    private final WorkQueue<String, String> queue = ChaskiStreamer.on(node)
            .queue(QueueType.of("odd", new ThrowingCodec(), new TypeRef<String>() {}, new TypeRef<String>() {}));

    @BeforeEach
    void work() {
        queue.work(job -> job.payload().replace("result ", ""));
    }

    @AfterEach
    void close() {
        assertThat(queue.submit("fine").result()).succeedsWithin(LIMIT).isEqualTo("fine");
        node.close();
    }

    private void failsWith(Problem problem, String job) {
        assertThat(queue.submit(job).result())
                .failsWithin(LIMIT)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        JobFailedException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void a_job_that_the_worker_cannot_read_is_a_dead_letter_that_nobody_can_read() {
        failsWith(Problem.UNREADABLE_JOB, ThrowingCodec.CANNOT_BE_READ);

        CodecException unreadable = catchThrowableOfType(CodecException.class, queue::deadLetters);
        assertThat(unreadable).hasCauseInstanceOf(UnsupportedOperationException.class);
        UUID id = UUID.fromString(unreadable.getMessage().split(" ", -1)[2]);
        assertThat(queue.discard(id)).isTrue();
        assertThat(queue.deadLetters()).isEmpty();
    }

    @Test
    void a_result_that_the_worker_cannot_write_makes_a_dead_letter() {
        failsWith(Problem.RESULT_TOO_LARGE, "result " + ThrowingCodec.CANNOT_BE_WRITTEN);
    }

    @Test
    void a_result_that_the_submitter_cannot_read_fails_its_future() {
        JobHandle<String> job = queue.submit("result " + ThrowingCodec.CANNOT_BE_READ);

        assertThat(job.result())
                .failsWithin(LIMIT)
                .withThrowableThat()
                .withCauseInstanceOf(UnsupportedOperationException.class);
        assertThat(job.state()).isEqualTo(JobState.DONE);
    }
}
