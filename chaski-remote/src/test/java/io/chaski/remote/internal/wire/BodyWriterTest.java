package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.remote.internal.fake.FakeStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyWriterTest {

    private final FakeStream stream = new FakeStream();
    private final List<String> told = new ArrayList<>();

    private static Body value(int bytes) {
        return new Body(Body.Kind.VALUE, new byte[bytes]);
    }

    @Test
    void a_body_that_is_the_last_takes_the_end_with_it() {
        new BodyWriter(stream).end(value(10));

        assertThat(stream.sent).hasSize(1);
        assertThat(stream.isEndedByMessage).isTrue();
    }

    @Test
    void of_a_long_body_the_last_piece_does() {
        stream.room = 1;
        BodyWriter writer = new BodyWriter(stream, value(3 * Pieces.BYTES), () -> told.add("sent"));
        writer.pump();
        assertThat(stream.sent).hasSize(1);
        assertThat(writer.isDone()).isFalse();
        assertThat(told).isEmpty();

        stream.room = 2;
        writer.pump();

        assertThat(stream.sent)
                .extracting(piece -> piece.length)
                .containsExactly(Pieces.BYTES, Pieces.BYTES, Pieces.BYTES, BodyReader.HEAD_BYTES);
        assertThat(stream.isEndedByMessage).isTrue();
        assertThat(writer.isDone()).isTrue();
        assertThat(told).containsExactly("sent");
    }

    @Test
    void one_that_others_follow_does_not() {
        BodyWriter writer = new BodyWriter(stream);
        writer.send(value(1));
        assertThat(stream.isEnded).isFalse();
        stream.room = 0;
        writer.send(value(2));
        writer.end(value(3));
        assertThat(stream.sent).hasSize(1);

        stream.room = 1;
        writer.pump();

        assertThat(stream.sent).extracting(piece -> piece.length).containsExactly(6, 7, 8);
        assertThat(stream.isEndedByMessage).isTrue();
    }

    @Test
    void nothing_follows_the_end() {
        BodyWriter writer = new BodyWriter(stream);
        writer.end(value(1));
        writer.end(value(2));
        writer.send(value(3));
        writer.end();

        assertThat(stream.sent).hasSize(1);
        assertThat(stream.ends).isEqualTo(1);
    }
}
