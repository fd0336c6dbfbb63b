package io.chaski.remote.internal.call;

import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.stream.StreamException;
import io.chaski.remote.BadAnswerException;
import io.chaski.remote.BadArgumentsException;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallTimeoutException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.PeerLostException;
import io.chaski.remote.RemoteCallException;
import io.chaski.remote.SignatureMismatchException;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.MalformedException;
import java.time.Duration;
import java.util.List;

/** What a failure on the wire means for the caller. Stateless. */
final class Failures {

    private Failures() {}

    /** The other side has said why. */
    static Outcome of(NodeId peer, Target target, Failure failure) {
        String message = failure.message();
        return switch (failure.code()) {
            case NO_SUCH_SERVICE ->
                Outcome.failed(new NoProviderException(peer, message, List.of()), Outcome.Next.ANOTHER_NODE);
            case NO_SUCH_METHOD ->
                Outcome.failed(
                        new SignatureMismatchException(
                                peer, target.service(), target.method().signature(), message),
                        Outcome.Next.ANOTHER_NODE);
            case BAD_ARGUMENTS -> Outcome.failed(new BadArgumentsException(peer, message), Outcome.Next.NOTHING);
            case BUSY ->
                Outcome.failed(new PeerBusyException(peer, message, Execution.NOT_EXECUTED), Outcome.Next.AGAIN);
            case DENIED -> Outcome.failed(new CallDeniedException(peer, message), Outcome.Next.ANOTHER_NODE);
            case REMOTE_ERROR ->
                Outcome.failed(new RemoteCallException(peer, failure.type(), message), Outcome.Next.NOTHING);
            case BAD_RESULT -> Outcome.failed(new BadAnswerException(peer, message), Outcome.Next.NOTHING);
            case ALREADY_EXECUTED, ABORTED ->
                Outcome.failed(new PeerLostException(peer, message), Outcome.Next.AGAIN_ANEW);
        };
    }

    /** The stream has ended without an answer. */
    static Outcome of(NodeId peer, Target target, StreamException cause, boolean isOpened, Duration limit) {
        String message = target.label() + ": " + cause.getMessage();
        return switch (cause.code()) {
            case PEER_UNREACHABLE ->
                Outcome.failed(new NoProviderException(peer, message, List.of()), Outcome.Next.AGAIN);
            case NO_SUCH_PROTOCOL ->
                Outcome.failed(new NoProviderException(peer, message, List.of()), Outcome.Next.ANOTHER_NODE);
            case REFUSED ->
                Outcome.failed(new PeerBusyException(peer, message, Execution.NOT_EXECUTED), Outcome.Next.AGAIN);
            case LIMIT ->
                Outcome.failed(
                        new PeerBusyException(peer, message, isOpened ? Execution.UNKNOWN : Execution.NOT_EXECUTED),
                        Outcome.Next.AGAIN);
            case DEADLINE_EXCEEDED -> timedOut(peer, target, limit, isOpened);
            default ->
                Outcome.failed(
                        isOpened
                                ? new PeerLostException(peer, message)
                                : new NoProviderException(peer, message, List.of()),
                        Outcome.Next.AGAIN);
        };
    }

    /** There is no stream: the node was not asked, has not answered, or does not serve what is called. */
    static Outcome ofUnopened(NodeId peer, Target target, Throwable failure, Duration limit) {
        if (failure instanceof StreamException ended) {
            return of(peer, target, ended, false, limit);
        }
        if (failure instanceof CallException told) { // of the description
            return Outcome.failed(told, Outcome.Next.ANOTHER_NODE);
        }
        if (failure instanceof MalformedException malformed) {
            return unopened(
                    peer, target, "a description that cannot be read: " + malformed.what(), Outcome.Next.ANOTHER_NODE);
        }
        if (failure instanceof NodeClosedException closed) {
            return Outcome.failed(
                    new NoProviderException(null, closed.getMessage() + ", so nothing was sent", List.of()),
                    Outcome.Next.NOTHING);
        }
        return unopened(peer, target, String.valueOf(failure.getMessage()), Outcome.Next.AGAIN);
    }

    private static Outcome unopened(NodeId peer, Target target, String message, Outcome.Next next) {
        return Outcome.failed(new NoProviderException(peer, target.label() + ": " + message, List.of()), next);
    }

    /** Whether what is known of the service may be wrong: it was ended, or another one is served instead. */
    static boolean isAboutService(CallException failure) {
        return failure instanceof NoProviderException
                || failure instanceof SignatureMismatchException
                || failure instanceof BadArgumentsException
                || failure instanceof BadAnswerException
                || failure instanceof PeerLostException;
    }

    static Outcome timedOut(NodeId peer, Target target, Duration limit, boolean isOpened) {
        return Outcome.failed(
                new CallTimeoutException(
                        peer, target.label(), limit, isOpened ? Execution.UNKNOWN : Execution.NOT_EXECUTED),
                Outcome.Next.NOTHING);
    }
}
