package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOffer;
import io.chaski.streamer.file.FileProblem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class FileEventsTest {

    private static final FileOffer OFFER =
            new FileOffer("t", new NodeId(0, 1), "a", "f", 1, Sha256.OF_NOTHING.toString(), Map.of());
    private static final FileEvent ACCEPTED = new FileEvent.Accepted(OFFER);
    private static final FileEvent REFUSED = new FileEvent.Refused(OFFER, FileProblem.BAD_NAME, "");

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<FileEvent> heard = new ArrayList<>();

    private void work() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void refusals_beyond_the_limit_are_counted_and_not_told_to_a_listener_that_is_behind() {
        FileEvents events = new FileEvents(heard::add, threads::add);
        for (int i = 0; i < FileEvents.MAX_WAITING + 7; i++) {
            events.tell(REFUSED);
        }
        assertThat(events.isBehind()).isTrue();
        assertThat(events.dropped()).isEqualTo(7);
        events.tell(ACCEPTED);

        work();

        assertThat(events.isBehind()).isFalse();
        assertThat(heard).hasSize(FileEvents.MAX_WAITING + 1).endsWith(ACCEPTED);
    }

    @Test
    void progress_is_not_told_to_who_has_something_else_to_hear() {
        FileEvents events = new FileEvents(heard::add, threads::add);
        FileEvent progress = new FileEvent.Progress(OFFER, 1);

        events.tell(ACCEPTED);
        events.tell(progress);
        work();
        events.tell(progress);
        work();

        assertThat(heard).containsExactly(ACCEPTED, progress);
    }

    @Test
    void an_error_of_the_listener_does_not_keep_it_from_hearing_more() {
        FileEvents events = new FileEvents(
                event -> {
                    heard.add(event);
                    throw new StackOverflowError("of the application");
                },
                threads::add);
        events.tell(ACCEPTED);
        work();
        events.tell(REFUSED);
        work();

        assertThat(heard).containsExactly(ACCEPTED, REFUSED);
    }

    @Test
    void what_happens_when_the_threads_have_ended_is_told_all_the_same() {
        FileEvents events = new FileEvents(heard::add, task -> {
            throw new RejectedExecutionException("ended");
        });

        events.tell(ACCEPTED);

        assertThat(heard).containsExactly(ACCEPTED);
    }
}
