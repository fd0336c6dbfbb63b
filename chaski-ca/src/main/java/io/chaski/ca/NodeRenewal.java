package io.chaski.ca;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.node.RenewalSchedule;
import io.chaski.core.security.RenewalAlarm;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the identity of a node from ending, until it is closed. Thread-safe. */
public final class NodeRenewal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRenewal.class);

    /** How long a file that somebody has edited may wait; costs nothing. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    private final NodeEnrolment enrolment;
    private final Clock clock;
    private final Listener listener;
    private final RenewalSchedule schedule;
    private final CountDownLatch closed = new CountDownLatch(1);
    private NodeCredentials current;

    /** A certificate that the listener has not taken yet. */
    private Optional<NodeCredentials> untold = Optional.empty();

    /** Hears what happens to an identity. */
    public interface Listener {
        /**
         * There is a new certificate; it is on the disk. Whoever cannot take it now throws, and is told again every few seconds,
         * until it is taken, has ended, or there is another one.
         *
         * @param credentials what to show from now on
         */
        void onRenewed(NodeCredentials credentials);

        /**
         * Somebody should look. Each alarm is told once for a certificate, and is in the log too.
         *
         * @param alarm what
         * @param notAfter when the certificate ends, or has ended
         */
        void onAlarm(RenewalAlarm alarm, Instant notAfter);

        /** Every few seconds, for what else has to be looked at now and then. */
        default void onLook() {}
    }

    private NodeRenewal(NodeEnrolment enrolment, Clock clock, Listener listener, NodeCredentials current) {
        this.enrolment = enrolment;
        this.clock = clock;
        this.listener = listener;
        this.current = current;
        this.schedule = new RenewalSchedule(current.notBefore(), current.notAfter(), new SecureRandom());
    }

    /** One that does nothing by itself; see {@link #turn}. */
    static NodeRenewal of(NodeEnrolment enrolment, Clock clock, Listener listener) {
        Objects.requireNonNull(listener, "listener");
        NodeCredentials current = enrolment
                .stored()
                .orElseThrow(() -> new AuthorityException(Problem.MISSING, "there is no identity to renew", null));
        return new NodeRenewal(enrolment, clock, listener, current);
    }

    static NodeRenewal start(NodeEnrolment enrolment, Clock clock, Listener listener) {
        NodeRenewal renewal = of(enrolment, clock, listener);
        Thread thread = new Thread(renewal::run, "chaski-renewal");
        thread.setDaemon(true);
        thread.start();
        return renewal;
    }

    private void run() {
        try {
            boolean isClosed = false;
            while (!isClosed) {
                isClosed = closed.await(turn().toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            LOG.debug("The renewal of {} ends with its thread", current.uri());
        }
    }

    /** Does what is due; how long until the next turn. */
    Duration turn() {
        RenewalSchedule.Step step = schedule.next(clock.instant(), System.nanoTime());
        step.alarm().ifPresent(this::tell);
        untold.ifPresent(this::tellAgain);
        if (step.isDue()) {
            renew();
        }
        look();
        return step.pause().compareTo(LOOK) < 0 ? step.pause() : LOOK;
    }

    private void renew() {
        try {
            NodeCredentials stored = enrolment.stored().orElse(current);
            // Somebody may have renewed it by hand.
            NodeCredentials next = stored.chain().equals(current.chain()) ? enrolment.renew() : stored;
            current = next;
            schedule.onCertificate(next.notBefore(), next.notAfter());
            LOG.info("{} has a new certificate, until {}", next.uri(), next.notAfter());
            tell(next);
        } catch (EnrolmentException e) {
            failed(e, e.retryAfter());
        } catch (RuntimeException e) { // whatever it is, without the next turn nobody would ever hear of it again
            failed(e, Duration.ZERO);
        }
    }

    private void failed(RuntimeException why, Duration retryAfter) {
        schedule.onFailure(clock.instant(), System.nanoTime(), retryAfter);
        LOG.warn("{} has no new certificate yet: {}", current.uri(), why.toString());
    }

    private void tell(RenewalAlarm alarm) {
        LOG.warn("The certificate of {} is {}; it ends at {}", current.uri(), alarm, current.notAfter());
        guarded(() -> listener.onAlarm(alarm, current.notAfter()));
    }

    private void look() {
        guarded(listener::onLook);
    }

    /** A listener that fails must not be the end of the renewal. */
    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("The listener to the renewal of {} has failed", current.uri(), e);
        }
    }

    /** A certificate that the listener refuses is offered again. */
    private void tell(NodeCredentials next) {
        untold = Optional.of(next);
        try {
            listener.onRenewed(next);
            untold = Optional.empty();
        } catch (RuntimeException e) {
            LOG.error("The new certificate of {} is not taken; it is offered again until it ends", next.uri(), e);
        }
    }

    private void tellAgain(NodeCredentials next) {
        if (clock.instant().isAfter(next.notAfter())) {
            untold = Optional.empty();
            return;
        }
        try {
            listener.onRenewed(next);
            untold = Optional.empty();
            LOG.info("The new certificate of {} is taken now", next.uri());
        } catch (RuntimeException e) {
            LOG.debug("The new certificate of {} is still not taken", next.uri(), e);
        }
    }

    /** Stops. A request that is under way goes on to its end, and what comes of it is stored. */
    @Override
    public void close() {
        closed.countDown();
    }
}
