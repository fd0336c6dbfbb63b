package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptorTest {

    private static final NodeId OFFICE = new NodeId(0, 1);
    private static final NodeId STRANGER = new NodeId(0, 2);

    @TempDir
    Path temp;

    private final Receiving receiving = new Receiving();
    private Path directory;
    private KnownFile file;

    /** The last one that was made. */
    private Receiving.Party party;

    @BeforeEach
    void make() throws IOException {
        directory = Files.createDirectory(temp.resolve("in")).toRealPath();
        file = new KnownFile(TestFiles.file(temp, "f", 2 * Manifest.MIN_CHUNK_BYTES, 1));
    }

    private Acceptor acceptor(FilePolicy policy) {
        party = receiving.accept(directory, policy);
        return party.acceptor;
    }

    private Incoming offer(NodeId sender, long pushId) {
        return Receiving.offer(sender, pushId, file.manifest(), "f");
    }

    private void leavePart(Incoming incoming) throws IOException {
        new Parts(new Disk(), directory)
                .create(new StoredOffer(incoming, file.hashed.list()), new Random(2))
                .close();
    }

    private static FileDecision fromOffice(NodeId sender) {
        return sender.equals(OFFICE) ? FileDecision.accept() : FileDecision.refuse("a stranger");
    }

    @Test
    void a_push_of_a_file_that_is_on_its_way_is_decided_about_as_any_other() {
        Acceptor acceptor = acceptor(offer -> fromOffice(offer.sender()));
        acceptor.onOffer(offer(OFFICE, 1));
        receiving.work();
        acceptor.onOffer(offer(STRANGER, 2));
        receiving.work();

        assertThat(party.said)
                .extracting(Announcement.Status::pushId, Announcement.Status::state)
                .containsExactly(tuple(1L, FilePush.State.ACCEPTED), tuple(2L, FilePush.State.REFUSED));
        acceptor.onWithdrawn(OFFICE, 1);
        receiving.work();
        assertThat(party.last())
                .isInstanceOfSatisfying(
                        FileEvent.Failed.class,
                        failed -> assertThat(failed.problem()).isEqualTo(FileProblem.WITHDRAWN));
    }

    @Test
    void a_refusal_that_was_lost_is_said_again_when_the_offer_is_repeated_and_the_policy_is_not_asked_again() {
        List<NodeId> asked = new ArrayList<>();
        Acceptor acceptor = acceptor(offer -> {
            asked.add(offer.sender());
            return FileDecision.refuse("no");
        });
        acceptor.onOffer(offer(OFFICE, 1));
        receiving.work();
        receiving.pass(Answers.SAID_AGAIN_AFTER);
        acceptor.onOffer(offer(OFFICE, 1));
        receiving.work();

        assertThat(asked).hasSize(1);
        assertThat(party.events).hasSize(1);
        assertThat(party.said).hasSize(2);
        assertThat(party.said.get(1)).isEqualTo(party.said.get(0));
    }

    /** Fails once to say one thing. */
    private Acceptor failing(FilePolicy policy, String step) {
        boolean[] hasFailed = {false};
        party = receiving.accept(directory, policy, said -> {
            if (said.equals(step) && !hasFailed[0]) {
                hasFailed[0] = true;
                throw new OutOfMemoryError("heap");
            }
        });
        return party.acceptor;
    }

    @Test
    void an_offer_that_cannot_be_answered_leaves_its_place_to_others() {
        Acceptor acceptor = failing(offer -> FileDecision.refuse("no"), "REFUSED");
        acceptor.onOffer(offer(OFFICE, 1));
        receiving.work();
        for (long push = 2; push <= 1 + Acceptor.MAX_UNDECIDED / 2; push++) {
            acceptor.onOffer(offer(OFFICE, push));
        }
        receiving.work();

        assertThat(party.said).hasSize(Acceptor.MAX_UNDECIDED / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMPLETED", "FAILED"})
    void a_file_whose_end_cannot_be_told_leaves_its_place_to_others(String step) {
        Acceptor acceptor = failing(FilePolicy.acceptAll(NameClash.REFUSE), step);
        receiving.sources.serve(OFFICE, file);
        boolean isToFail = step.equals("FAILED");
        if (isToFail) {
            receiving.sources.cutOff(OFFICE);
        }
        acceptor.onOffer(offer(OFFICE, 1));
        receiving.work();
        if (isToFail) {
            acceptor.cancel(party.events.get(0).offer());
            receiving.work();
        }

        assertThat(receiving.transfers.running()).isEmpty();
    }

    @Test
    void a_policy_that_thinks_holds_up_no_closing_and_its_answer_comes_too_late_then() {
        Acceptor[] acceptor = new Acceptor[1];
        acceptor[0] = acceptor(offer -> {
            Thread closing = new Thread(acceptor[0]::close);
            closing.start();
            try {
                closing.join(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(closing.isAlive()).as("close waits for the policy").isFalse();
            return FileDecision.accept();
        });

        acceptor[0].onOffer(offer(OFFICE, 1));
        receiving.work();

        assertThat(party.events).isEmpty();
        assertThat(party.said).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway")
    void a_policy_that_decides_nothing_or_fails_refuses() {
        acceptor(offer -> {
            if (offer.sender().equals(OFFICE)) {
                return null;
            }
            throw new StackOverflowError("of the application");
        });
        party.acceptor.onOffer(offer(OFFICE, 1));
        party.acceptor.onOffer(offer(STRANGER, 2));
        receiving.work();

        assertThat(party.events)
                .hasSize(2)
                .allSatisfy(event -> assertThat(event).isInstanceOf(FileEvent.Refused.class));
        assertThat(party.states()).containsExactly(FilePush.State.REFUSED, FilePush.State.REFUSED);
    }

    @Test
    void a_name_that_this_machine_cannot_say_is_refused_and_nothing_is_asked_for() {
        directory = AsciiPath.of(directory);
        acceptor(FilePolicy.acceptAll(NameClash.REFUSE))
                .onOffer(Receiving.offer(OFFICE, 1, file.manifest(), "\u00dcbersicht.pdf"));
        receiving.work();

        assertThat(party.last())
                .isInstanceOfSatisfying(
                        FileEvent.Refused.class,
                        refused -> assertThat(refused.problem()).isEqualTo(FileProblem.BAD_NAME));
        assertThat(party.states()).containsExactly(FilePush.State.REFUSED);
        assertThat(receiving.sources.opened).isEmpty();
    }

    @Test
    void what_an_earlier_run_has_left_and_the_policy_does_not_want_any_more_is_removed() throws IOException {
        Incoming stored = offer(OFFICE, 1);
        leavePart(stored);

        acceptor(offer -> FileDecision.refuse("no")).onUnfinished(stored);
        receiving.work();

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_file_that_is_there_is_accepted_before_it_is_complete_and_nothing_is_left_of_an_earlier_run()
            throws IOException {
        Files.copy(temp.resolve("f"), directory.resolve("f"));
        leavePart(offer(OFFICE, 1));

        acceptor(FilePolicy.acceptAll(NameClash.REFUSE)).onOffer(offer(OFFICE, 1));
        receiving.work();

        assertThat(party.events).hasSize(2);
        assertThat(party.events.get(0)).isInstanceOf(FileEvent.Accepted.class);
        assertThat(party.events.get(1)).isInstanceOf(FileEvent.Completed.class);
        assertThat(directory).isDirectoryContaining("glob:**/f").isDirectoryNotContaining("glob:**/.chaski*");
    }

    @Test
    void what_is_taken_back_while_the_policy_thinks_is_not_received() {
        Acceptor acceptor = acceptor(FilePolicy.acceptAll(NameClash.REFUSE));
        acceptor.onOffer(offer(OFFICE, 1));
        acceptor.onWithdrawn(OFFICE, 1);
        receiving.work();

        assertThat(party.events).hasSize(2);
        assertThat(party.events.get(1))
                .isInstanceOfSatisfying(
                        FileEvent.Failed.class,
                        failed -> assertThat(failed.problem()).isEqualTo(FileProblem.WITHDRAWN));
    }
}
