package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides about the offers of one topic for one directory. Thread-safe. */
final class Acceptor {

    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    /** Offers that are not looked at again when they are repeated; older ones are decided anew. */
    static final int MAX_SETTLED = 10_000;

    private final Destination destination;
    private final FilePolicy policy;
    private final TransferContext context;
    private final Transfers transfers;
    private final Map<Destination.Push, Boolean> settled = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Destination.Push, Boolean> eldest) {
            return size() > MAX_SETTLED;
        }
    };

    private boolean isClosed;

    Acceptor(Destination destination, FilePolicy policy, TransferContext context, Transfers transfers) {
        this.destination = destination;
        this.policy = policy;
        this.context = context;
        this.transfers = transfers;
    }

    /** An offer has come, for the first time or again. May call the application. */
    synchronized void onOffer(Incoming incoming) {
        Destination.Push push =
                new Destination.Push(incoming.sender(), incoming.offer().pushId());
        if (isClosed || isSettled(push)) {
            return;
        }
        if (!FileNames.isGoodPath(incoming.offer().name())) {
            String printable = FileNames.printable(incoming.offer().name());
            refuse(incoming, printable, FileProblem.BAD_NAME, "the name breaks the rules");
            return;
        }
        Optional<Transfer> running = transfers.find(incoming, destination.directory());
        if (running.isPresent()) {
            running.get().onOfferedAgain(push);
            return;
        }
        FileDecision decision = decide(incoming);
        log.debug(
                "{} from {}: {}", incoming.manifest().hash(), incoming.sender().shortForm(), decision);
        if (decision instanceof FileDecision.Refuse no) {
            refuse(incoming, incoming.offer().name(), FileProblem.REFUSED, no.reason());
        } else if (decision instanceof FileDecision.Accept yes) {
            Transfer transfer = new Transfer(
                    context, incoming, destination, yes.nameClash(), transfers::promisedBytes, this::onEnded);
            if (!transfers.submit(transfer)) {
                refuse(incoming, incoming.offer().name(), FileProblem.LIMIT, "too many files wait");
            }
        }
    }

    private FileDecision decide(Incoming incoming) {
        try {
            return policy.decide(incoming.published());
        } catch (RuntimeException theirs) {
            log.warn("a file policy failed, and the file is refused", theirs);
            return FileDecision.refuse("");
        }
    }

    private void refuse(Incoming incoming, String name, FileProblem problem, String detail) {
        Destination.Push push =
                new Destination.Push(incoming.sender(), incoming.offer().pushId());
        settle(Set.of(push));
        destination.events().tell(new FileEvent.Refused(incoming.published(name), problem, detail));
        destination.say(Set.of(push), incoming.manifest(), FilePush.State.REFUSED, problem.name(), detail);
    }

    private void onEnded(Transfer transfer) {
        if (transfer.isSettled()) {
            settle(transfer.pushes());
        }
        transfers.onEnded(transfer);
    }

    private boolean isSettled(Destination.Push push) {
        synchronized (settled) {
            return settled.containsKey(push);
        }
    }

    private void settle(Set<Destination.Push> pushes) {
        synchronized (settled) {
            pushes.forEach(push -> settled.put(push, true));
        }
    }

    /** A publisher has taken an offer back. */
    void onWithdrawn(NodeId sender, long pushId) {
        mine(transfer -> true).forEach(transfer -> transfer.onWithdrawn(new Destination.Push(sender, pushId)));
    }

    /** A node has a file, or will have parts of it. */
    void onSource(NodeId source, Manifest manifest) {
        mine(transfer -> transfer.incoming().manifest().equals(manifest))
                .forEach(transfer -> transfer.onSource(source));
    }

    private Iterable<Transfer> mine(Predicate<Transfer> which) {
        return transfers.all().stream()
                .filter(transfer -> transfer.destination().equals(destination))
                .filter(which)
                .toList();
    }

    synchronized void close() {
        isClosed = true;
        mine(transfer -> true).forEach(Transfer::close);
    }
}
