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
import io.chaski.remote.ItemsIdleException;
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
    static AttemptEnd of(NodeId peer, Target target, Failure failure) {
        String message = failure.message();
        return switch (failure.code()) {
            case NO_SUCH_SERVICE ->
                AttemptEnd.failed(new NoProviderException(peer, message, List.of()), AttemptEnd.Next.ANOTHER_NODE);
            case NO_SUCH_METHOD ->
                AttemptEnd.failed(
                        new SignatureMismatchException(
                                peer, target.service(), target.method().signature(), message),
                        AttemptEnd.Next.ANOTHER_NODE);
            case BAD_ARGUMENTS -> AttemptEnd.failed(new BadArgumentsException(peer, message), AttemptEnd.Next.NOTHING);
            case BUSY -> AttemptEnd.failed(new PeerBusyException(peer, message), AttemptEnd.Next.AGAIN);
            case DENIED -> AttemptEnd.failed(new CallDeniedException(peer, message), AttemptEnd.Next.ANOTHER_NODE);
            case REMOTE_ERROR ->
                AttemptEnd.failed(new RemoteCallException(peer, failure.type(), message), AttemptEnd.Next.NOTHING);
            case BAD_RESULT -> AttemptEnd.failed(new BadAnswerException(peer, message), AttemptEnd.Next.NOTHING);
            case ITEMS_IDLE -> AttemptEnd.failed(new ItemsIdleException(peer, message), AttemptEnd.Next.NOTHING);
            case ALREADY_EXECUTED, ABORTED ->
                AttemptEnd.failed(new PeerLostException(peer, message), AttemptEnd.Next.AGAIN_ANEW);
        };
    }

    /** The stream has ended without an answer. */
    static AttemptEnd of(NodeId peer, Target target, StreamException cause, boolean isOpened, Duration limit) {
        String message = target.label() + ": " + cause.getMessage();
        return switch (cause.code()) {
            case PEER_UNREACHABLE ->
                AttemptEnd.failed(new NoProviderException(peer, message, List.of()), AttemptEnd.Next.AGAIN);
            case NO_SUCH_PROTOCOL ->
                AttemptEnd.failed(new NoProviderException(peer, message, List.of()), AttemptEnd.Next.ANOTHER_NODE);
            case REFUSED, LIMIT -> // there are too many streams, or calls: it has not come to anybody who executes
                AttemptEnd.failed(new PeerBusyException(peer, message), AttemptEnd.Next.AGAIN);
            case DEADLINE_EXCEEDED -> timedOut(peer, target, limit, isOpened);
            default ->
                AttemptEnd.failed(
                        isOpened
                                ? new PeerLostException(peer, message)
                                : new NoProviderException(peer, message, List.of()),
                        AttemptEnd.Next.AGAIN);
        };
    }

    /** There is no stream: the node was not asked, has not answered, or does not serve what is called. */
    static AttemptEnd ofUnopened(NodeId peer, Target target, Throwable failure, Duration limit) {
        if (failure instanceof StreamException ended) {
            return of(peer, target, ended, false, limit);
        }
        if (failure instanceof CallException told) { // of the description
            return AttemptEnd.failed(told, AttemptEnd.Next.ANOTHER_NODE);
        }
        if (failure instanceof MalformedException malformed) {
            return unopened(
                    peer,
                    target,
                    "a description that cannot be read: " + malformed.what(),
                    AttemptEnd.Next.ANOTHER_NODE);
        }
        if (failure instanceof NodeClosedException closed) {
            return AttemptEnd.failed(
                    new NoProviderException(null, closed.getMessage() + ", so nothing was sent", List.of()),
                    AttemptEnd.Next.NOTHING);
        }
        return unopened(peer, target, String.valueOf(failure.getMessage()), AttemptEnd.Next.AGAIN);
    }

    private static AttemptEnd unopened(NodeId peer, Target target, String message, AttemptEnd.Next next) {
        return AttemptEnd.failed(new NoProviderException(peer, target.label() + ": " + message, List.of()), next);
    }

    /** Whether what is known of the service may be wrong: it was ended, or another one is served instead. */
    static boolean isAboutService(CallException failure) {
        return failure instanceof NoProviderException
                || failure instanceof SignatureMismatchException
                || failure instanceof BadArgumentsException
                || failure instanceof BadAnswerException
                || failure instanceof PeerLostException;
    }

    static AttemptEnd timedOut(NodeId peer, Target target, Duration limit, boolean isOpened) {
        return AttemptEnd.failed(
                new CallTimeoutException(
                        peer, target.label(), limit, isOpened ? Execution.UNKNOWN : Execution.NOT_EXECUTED),
                AttemptEnd.Next.NOTHING);
    }
}
