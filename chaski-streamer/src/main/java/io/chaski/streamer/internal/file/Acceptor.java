package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOffer;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about the offers of one topic for one directory. The policy is asked on the threads for callbacks, without a lock,
 * so it holds up nothing but other offers to itself. Thread-safe.
 */
final class Acceptor {

    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    /** Offers that wait for the policy, at up to 8 KiB; whoever is left out is asked to offer it again. */
    static final int MAX_UNDECIDED = 4_096;

    private final Destination destination;
    private final FilePolicy policy;
    private final TransferContext context;
    private final Transfers transfers;
    private final SerialExecutor deciding;
    private final OpenExchanges<Undecided> undecided = new OpenExchanges<>(MAX_UNDECIDED, MAX_UNDECIDED / 2);
    private final TransferIndex index = new TransferIndex();
    private final Answers answers = new Answers();

    /** Pushes that wait for the policy, and whether they have been taken back meanwhile. */
    private final Map<Destination.Push, Boolean> waiting = new HashMap<>();

    private boolean isOfferLeftOut;
    private boolean isClosed;

    /** An offer that waits for the policy. */
    private record Undecided(Destination.Push push) implements OpenExchanges.Exchange {
        @Override
        public NodeId peer() {
            return push.sender();
        }

        @Override
        public long usedNanos() {
            throw new UnsupportedOperationException("a policy may take its time");
        }
    }

    Acceptor(Destination destination, FilePolicy policy, TransferContext context, Transfers transfers) {
        this.destination = destination;
        this.policy = policy;
        this.context = context;
        this.transfers = transfers;
        this.deciding = new SerialExecutor(context.callbacks());
    }

    // ---- offers

    /** An offer has come, for the first time or again. */
    void onOffer(Incoming incoming) {
        onOffer(incoming, false);
    }

    /** An earlier run has left a part of a file. */
    void onUnfinished(Incoming incoming) {
        onOffer(incoming, true);
    }

    private void onOffer(Incoming incoming, boolean isUnfinished) {
        Undecided offer = new Undecided(incoming.push());
        synchronized (this) {
            if (isClosed || isKnown(incoming)) {
                return;
            }
            if (destination.events().isBehind() || !undecided.add(offer)) {
                isOfferLeftOut = true;
                return;
            }
            waiting.put(offer.push(), false);
            context.counters().onOffer();
        }
        if (isGoodName(incoming.offer().name())) {
            deciding.execute(() -> {
                try {
                    decide(incoming, isUnfinished);
                } finally { // or its place would never be free again
                    onDecided(offer);
                }
            });
        } else {
            String printable = FileNames.printable(incoming.offer().name());
            try {
                refuse(
                        incoming,
                        printable,
                        FileProblem.BAD_NAME,
                        "the name breaks the rules, or those of this machine");
            } finally {
                onDecided(offer);
            }
        }
    }

    private boolean isKnown(Incoming incoming) {
        Destination.Push push = incoming.push();
        if (answers.isAnswered(push, now())) {
            answers.again(push, now()).ifPresent(answer -> say(push, answer));
            return true;
        }
        Optional<Transfer> mine = index.find(push);
        mine.ifPresent(transfer -> transfer.onOfferedAgain(push));
        return mine.isPresent();
    }

    private boolean isGoodName(String name) {
        if (!FileNames.isGoodPath(name)) {
            return false;
        }
        try {
            return destination.directory().resolve(name).startsWith(destination.directory());
        } catch (InvalidPathException notHere) {
            return false; // a Java that was started without a locale cannot say it to the system
        }
    }

    private void decide(Incoming incoming, boolean isUnfinished) {
        synchronized (this) {
            if (isClosed) {
                return;
            }
        }
        FileDecision decision = askPolicy(incoming);
        log.debug(
                "{} from {}: {}", incoming.manifest().hash(), incoming.sender().shortForm(), decision);
        if (decision instanceof FileDecision.Accept yes) {
            if (!isTaken(incoming, yes)) {
                refuse(incoming, incoming.offer().name(), FileProblem.LIMIT, "too many files wait");
            }
        } else if (decision instanceof FileDecision.Refuse no) {
            if (isUnfinished) {
                forget(incoming);
            }
            refuse(incoming, incoming.offer().name(), FileProblem.REFUSED, no.reason());
        }
    }

    private void onDecided(Undecided offer) {
        boolean isWithdrawn;
        synchronized (this) {
            isWithdrawn = Boolean.TRUE.equals(waiting.remove(offer.push()));
            undecided.remove(offer);
        }
        if (isWithdrawn) {
            onWithdrawn(offer.peer(), offer.push().id());
        }
    }

    private FileDecision askPolicy(Incoming incoming) {
        try {
            FileDecision decision = policy.decide(incoming.published());
            if (decision != null) {
                return decision;
            }
            log.warn("a file policy decided nothing, and the file is refused");
        } catch (Throwable theirs) {
            log.warn("a file policy failed, and the file is refused", theirs);
        }
        return FileDecision.refuse("");
    }

    private synchronized boolean isTaken(Incoming incoming, FileDecision.Accept yes) {
        Optional<Transfer> same =
                index.find(incoming.manifest(), incoming.offer().name());
        if (isClosed) {
            return true; // nobody is interested any more
        }
        if (same.isPresent()) {
            if (index.add(incoming.push(), same.get())) {
                same.get().onOfferedAgain(incoming.push());
            }
            return true;
        }
        Transfer transfer =
                new Transfer(context, incoming, destination, yes.nameClash(), transfers::promisedBytes, this::onEnded);
        index.add(incoming.push(), transfer);
        boolean isTaken = transfers.submit(transfer);
        if (!isTaken) {
            index.remove(transfer);
        }
        return isTaken;
    }

    private void forget(Incoming unfinished) {
        try {
            destination.parts().forget(unfinished.manifest(), unfinished.offer().name());
        } catch (IOException e) {
            log.warn("cannot remove what is left of a file that is not wanted: {}", e.toString());
        }
    }

    private void refuse(Incoming incoming, String name, FileProblem problem, String detail) {
        Answers.Answer answer = new Answers.Answer(incoming.manifest(), FilePush.State.REFUSED, problem.name(), detail);
        synchronized (this) {
            if (isClosed) {
                return;
            }
            if (problem == FileProblem.LIMIT) {
                answers.rest(incoming.push(), answer, now());
            } else {
                answers.settle(incoming.push(), answer, now());
            }
        }
        context.counters().onRefused(problem);
        destination.events().tell(new FileEvent.Refused(incoming.published(name), problem, detail));
        say(incoming.push(), answer);
    }

    private void say(Destination.Push push, Answers.Answer answer) {
        destination.say(Set.of(push), answer.manifest(), answer.state(), answer.problem(), answer.detail());
    }

    private void onEnded(Transfer transfer) {
        synchronized (this) {
            index.remove(transfer);
            transfer.outcome()
                    .ifPresent(outcome -> transfer.pushes().forEach(push -> {
                        Answers.Answer answer = new Answers.Answer(
                                transfer.incoming().manifest(), outcome.state(), outcome.problem(), "");
                        if (outcome.isFinal()) {
                            answers.settle(push, answer, now());
                        } else {
                            answers.rest(push, answer, now());
                        }
                    }));
        }
        transfers.onEnded(transfer);
    }

    /** Whether it is worth asking what is offered: offers were left out that there may be room for now. */
    synchronized boolean needsOffers() {
        boolean isRoom = isOfferLeftOut && !destination.events().isBehind();
        if (isRoom) {
            isOfferLeftOut = false;
        }
        return answers.hasRested(now()) || isRoom;
    }

    // ---- what else is said

    /** A publisher has taken an offer back. */
    void onWithdrawn(NodeId sender, long pushId) {
        Destination.Push push = new Destination.Push(sender, pushId);
        Optional<Transfer> mine;
        synchronized (this) {
            waiting.computeIfPresent(push, (undecided, was) -> true);
            mine = index.find(push);
        }
        mine.ifPresent(transfer -> transfer.onWithdrawn(push));
    }

    /** A node has a file, or will have parts of it. */
    void onSource(NodeId source, Manifest manifest) {
        List<Transfer> same;
        synchronized (this) {
            same = index.of(manifest);
        }
        same.forEach(transfer -> transfer.onSource(source));
    }

    /** The application does not want a file any more; whether it was to be received. */
    boolean cancel(FileOffer offer) {
        List<Transfer> unwanted;
        synchronized (this) {
            unwanted = index.all().stream()
                    .filter(transfer -> transfer.offer().equals(offer))
                    .toList();
        }
        unwanted.forEach(Transfer::cancel);
        return !unwanted.isEmpty();
    }

    /** Takes no more; what has arrived is not given on any more. */
    void close() {
        List<Transfer> left;
        synchronized (this) {
            isClosed = true;
            left = index.all();
        }
        left.forEach(Transfer::close);
        destination.stopGiving(context.holdings());
    }

    private long now() {
        return context.clock().getAsLong();
    }
}
