package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamCode;
import io.chaski.streamer.internal.fake.FakeStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OpenStreamsTest {

    private final FakeStream stream = new FakeStream(new NodeId(1, 1));
    private final OpenStreams streams = new OpenStreams();

    @Test
    void end_when_their_side_does() {
        streams.add(stream);
        streams.close();

        assertThat(stream.resets).containsExactly(StreamCode.CANCELLED);
    }

    @Test
    void end_at_once_when_they_open_later() {
        streams.close();
        streams.add(stream);

        assertThat(stream.resets).containsExactly(StreamCode.CANCELLED);
    }

    @Test
    void are_left_alone_when_they_have_ended() {
        streams.add(stream);
        streams.remove(stream);
        streams.close();

        assertThat(stream.resets).isEmpty();
    }
}
