package io.chaski.ca.internal.net;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.NodeCredentials;
import io.chaski.ca.internal.wire.EnrolmentCodec;
import io.chaski.ca.internal.wire.EnrolmentCodec.MalformedMessageException;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an authority at one of its addresses, and again until a limit while nobody answers or the answer is that it is not
 * the moment. The same request is repeated, so whatever was heard of it leads to the same certificate. The caller waits.
 */
public final class AuthorityClient {

    private static final Logger LOG = LoggerFactory.getLogger(AuthorityClient.class);

    /** As long as an authority listens. */
    private static final Duration CALL = Duration.ofSeconds(10);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    /** What passes by itself, or is not so at another address. */
    private static final Set<EnrolmentProblem> PASSING =
            Set.of(EnrolmentProblem.RATE_LIMITED, EnrolmentProblem.CA_READ_ONLY, EnrolmentProblem.CA_KEY_LOCKED);

    private final List<String> addresses;
    private final Optional<NodeCredentials> own;
    private final Supplier<AuthorityCheck> checks;

    /**
     * A client that shows what it has, if it has something.
     *
     * @param addresses where to ask, one after the other
     * @param own what it shows
     * @param checks whom to believe, asked before each call: there may be hours between two. If it throws an {@link
     *     AuthorityException}, that call is not made
     */
    public AuthorityClient(List<String> addresses, Optional<NodeCredentials> own, Supplier<AuthorityCheck> checks) {
        this.addresses = List.copyOf(addresses);
        this.own = own;
        this.checks = checks;
    }

    /**
     * Asks.
     *
     * @param request the same for all addresses
     * @param limit how long to try; zero tries each address once
     * @return the certificate, or the last refusal of what passes; its form was checked and nothing else
     * @throws EnrolmentException with UNREACHABLE if no authority has answered, or UNTRUSTED_CA or CLOCK_SKEW if it was
     *     not the one that was looked for: that is never tried again
     * @throws AuthorityException of the checks, if they have thrown it when the limit was over
     */
    public Reply ask(Request request, Duration limit) {
        long startNanos = System.nanoTime();
        byte[] bytes = EnrolmentCodec.write(request);
        Duration pause = FIRST_PAUSE;
        while (true) {
            Round round = new Round();
            for (String address : addresses) {
                Optional<Reply> reply = round.ask(address, bytes);
                if (reply.isPresent()) {
                    return reply.get();
                }
            }
            Duration left = limit.minusNanos(System.nanoTime() - startNanos);
            Duration wait = round.wait.compareTo(pause) > 0 ? round.wait : pause;
            if (wait.compareTo(left) >= 0) {
                return round.result();
            }
            LOG.info("No certificate yet, the next try is in {} ms: {}", wait.toMillis(), round.failures);
            sleep(wait);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private static void sleep(Duration wait) {
        try {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnrolmentException(EnrolmentProblem.UNREACHABLE, "interrupted", e);
        }
    }

    /** Each address once. */
    private final class Round {
        private final List<String> failures = new ArrayList<>();
        private Optional<Reply> passing = Optional.empty();
        private Duration wait = Duration.ZERO;
        private Optional<AuthorityException> unchecked = Optional.empty();

        /** A reply that is the last word. */
        Optional<Reply> ask(String address, byte[] request) {
            try {
                Reply reply = EnrolmentCodec.readReply(
                        AuthorityCall.call(socketAddress(address), own, checks.get(), request, CALL));
                if (!(reply instanceof Reply.Refused refused) || !PASSING.contains(refused.problem())) {
                    return Optional.of(reply);
                }
                passing = Optional.of(reply);
                wait = refused.retryAfter();
                failures.add(address + " says " + refused.problem());
            } catch (MalformedMessageException e) {
                throw new EnrolmentException(
                        EnrolmentProblem.UNTRUSTED_CA, address + " answers in another version, or nonsense", e);
            } catch (AuthorityException e) {
                unchecked = Optional.of(e);
                failures.add(address + " was not asked: " + e.getMessage());
            } catch (IOException | IllegalArgumentException e) {
                LOG.debug("{} gives no answer", address, e);
                failures.add(address + ": " + e.getMessage());
            }
            return Optional.empty();
        }

        /** What is left when the limit is over. */
        Reply result() {
            if (unchecked.isPresent()) {
                throw unchecked.get(); // somebody has to mend it, whatever else there is
            }
            return passing.orElseThrow(() -> new EnrolmentException(
                    EnrolmentProblem.UNREACHABLE,
                    failures.isEmpty() ? "the token names no address" : String.join("; ", failures)));
        }
    }

    private static InetSocketAddress socketAddress(String text) {
        Address address = Address.parse(text);
        if (address.transport() != Address.Transport.TCP) {
            throw new IllegalArgumentException("not host:port");
        }
        return InetSocketAddress.createUnresolved(address.host(), address.port());
    }
}
