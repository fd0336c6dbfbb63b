package io.chaski.streamer.file;

import io.chaski.core.NodeId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A file that this node offers on a topic, from {@link FileExchange#pushFile} until {@link #close()}. As long as it is
 * open, receivers that come later hear of it too. Thread-safe.
 */
public interface FilePush extends AutoCloseable {

    /** How many receivers are remembered; a topic with more works, but who else has the file is not known here. */
    int MAX_RECEIVERS = 4_096;

    /** The name it is offered under. */
    String name();

    /** SHA-256 of the content in hexadecimal digits; empty while the file is being read for the first time. */
    Optional<String> hash();

    /**
     * Completes when the file has been read and announced, or with {@link TransferFailedException}:
     * {@link FileProblem#DISK_FAILED}, {@link FileProblem#LIMIT} if too much is offered or the announcement is larger than a
     * message of this node may be, {@link FileProblem#CHANGED} if it changed while it was read, {@link FileProblem#WITHDRAWN}
     * if another file is pushed under its name meanwhile, or {@link FileProblem#CLOSED}. Dependents run on a thread of the exchange and may block.
     */
    CompletableFuture<Void> announced();

    /**
     * Completes when so many receivers say that they have the whole file, or with {@link TransferFailedException} if the push ends
     * before. Any node of the topic can say so. Dependents run on a thread of the exchange and may block. At most 10,000 futures of a push
     * wait: the eldest then fails with {@link FileProblem#LIMIT}, so whoever waits again and again may ask for a new one each time.
     *
     * @param receivers 1 or more
     */
    CompletableFuture<Void> completedBy(int receivers);

    /**
     * Completes when so many receivers have said what has become of the file: that they have all of it, do not want it, or have
     * given it up, which some try again later; {@link #answers()} tells who and why. Otherwise as {@link #completedBy}.
     *
     * @param receivers 1 or more
     */
    CompletableFuture<Void> answeredBy(int receivers);

    /** What has become of it at the nodes that have answered, in the order of their first answer. */
    Map<NodeId, Answer> answers();

    /** How many bytes of content this node itself has sent for it, repetitions included. */
    long sentBytes();

    /**
     * Takes the offer back: those who have not got all of it yet give it up. Does nothing the second time. Closing the
     * exchange or the node takes nothing back; the offer goes on when the same file is pushed again.
     */
    @Override
    void close();

    /**
     * What a receiver has said last.
     *
     * @param state how far it is
     * @param problem why it refused or failed
     * @param detail its own words about that, perhaps empty, at most 256 characters; not to be trusted
     */
    record Answer(State state, Optional<FileProblem> problem, String detail) {}

    /** How far a receiver is. */
    enum State {
        /** It wants the file. */
        ACCEPTED,
        /** It does not want it. */
        REFUSED,
        /** It has the file, and the hash is right. */
        COMPLETED,
        /** It wanted the file and has given it up. */
        FAILED
    }
}
