package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.file.FileSnapshot;
import io.chaski.streamer.file.TestFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingTest {

    private static final NodeId PEER = new NodeId(0, 1);

    @TempDir
    Path temp;

    private final Holdings holdings = new Holdings();
    private final FileCounters counters = new FileCounters();
    private long nowNanos;
    private final Serving serving = new Serving(holdings, Runnable::run, () -> nowNanos, counters);
    private FileHolding file;

    @BeforeEach
    void hold() throws Exception {
        Path path = TestFiles.file(temp, "f", 2 * Manifest.MIN_CHUNK_BYTES, 1);
        FileHasher.Hashed hashed = FileHasher.hash(path, () -> false).orElseThrow();
        file = new FileHolding(path, hashed, bytes -> {}, holdings::remove);
        holdings.add(file);
    }

    /** A peer's end, which takes all that is sent. */
    private static final class Pulling extends FakePullStream {
        private final List<PullMessage> heard = new ArrayList<>();
        private StreamCode reset;

        private Pulling(NodeId peer) {
            super(peer);
        }

        @Override
        void hear(PullMessage message) {
            heard.add(message);
        }

        @Override
        public void reset(StreamCode code, String reason) {
            reset = code;
        }
    }

    private Pulling pulling(StreamListener[] listener) {
        Pulling stream = new Pulling(PEER);
        listener[0] = serving.onStream(stream);
        return stream;
    }

    private static void ask(Pulling stream, StreamListener listener, PullMessage request) {
        listener.onMessage(stream, request.encode());
    }

    @Test
    void what_is_not_given_any_more_is_not_given_to_who_began_before() {
        StreamListener[] session = new StreamListener[1];
        Pulling stream = pulling(session);
        ask(stream, session[0], new PullMessage.Which(file.manifest(), false));
        ask(stream, session[0], new PullMessage.Get(0));
        assertThat(stream.heard.get(stream.heard.size() - 1)).isInstanceOf(PullMessage.Piece.class);
        int before = stream.heard.size();

        holdings.remove(file);
        ask(stream, session[0], new PullMessage.Get(1));

        assertThat(stream.reset).isEqualTo(StreamCode.REFUSED);
        assertThat(stream.heard).hasSize(before);
        assertThat(counters.snapshot(0, 0, 0))
                .extracting(FileSnapshot::chunksSent, FileSnapshot::bytesSent)
                .containsExactly(1L, (long) Manifest.MIN_CHUNK_BYTES);
    }

    @Test
    void whoever_asks_no_more_gets_what_it_has_asked_for_and_then_the_end() {
        StreamListener[] session = new StreamListener[1];
        Pulling stream = pulling(session);
        stream.hasRoom = false;
        ask(stream, session[0], new PullMessage.Which(file.manifest(), true));
        ask(stream, session[0], new PullMessage.Get(1));
        session[0].onEnd(stream);
        assertThat(stream.isEnded).isFalse();

        stream.hasRoom = true;
        session[0].onWritable(stream);

        int pieces = 1 + (Manifest.MIN_CHUNK_BYTES - 1) / PullMessage.MAX_PIECE_BYTES;
        assertThat(stream.heard).as("list, book and pieces").hasSize(2 + pieces);
        assertThat(stream.isEnded).isTrue();
        session[0].onWritable(stream);
        assertThat(stream.reset).isNull();
    }

    @Test
    void whoever_asks_nothing_more_is_told_the_end_at_once() {
        StreamListener[] session = new StreamListener[1];
        Pulling stream = pulling(session);
        ask(stream, session[0], new PullMessage.Which(file.manifest(), false));
        session[0].onEnd(stream);

        assertThat(stream.isEnded).isTrue();
        session[0].onClosed(stream);
        assertThat(stream.reset).isNull();
    }

    @Test
    void a_session_that_says_nothing_ends_and_makes_room() {
        StreamListener[] session = new StreamListener[1];
        Pulling silent = pulling(session);
        Pulling active = pulling(session);
        for (int i = 2; i < Serving.MAX_SESSIONS_PER_PEER; i++) {
            pulling(new StreamListener[1]);
        }
        assertThat(pulling(new StreamListener[1]).reset).isEqualTo(StreamCode.LIMIT);

        nowNanos = Serving.MAX_IDLE.toNanos();
        ask(active, session[0], new PullMessage.Which(file.manifest(), false));
        nowNanos++;
        serving.tick();

        assertThat(silent.reset).isEqualTo(StreamCode.LIMIT);
        assertThat(active.reset).isNull();
        assertThat(pulling(new StreamListener[1]).reset).isNull();
    }

    @Test
    void closing_ends_what_is_open_and_takes_no_more() {
        StreamListener[] session = new StreamListener[1];
        Pulling open = pulling(session);

        serving.close();

        assertThat(open.reset).isEqualTo(StreamCode.REFUSED);
        assertThat(pulling(session).reset).isEqualTo(StreamCode.LIMIT);
    }
}
