package io.chaski.ca.internal.authority;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.internal.bouncycastle.AuthorityCertificates;
import io.chaski.ca.internal.wire.Request;
import java.time.DateTimeException;
import java.time.Duration;

/** Whether the clocks of node and authority agree enough for a certificate to be of use. */
final class ClockSkew {

    /** Nodes alarm at the same difference; a certificate is backdated by it, so that it can be used at once. */
    static final Duration MAX = AuthorityCertificates.BACKDATING;

    private ClockSkew() {}

    static void check(Request request, Moment now) {
        Duration skew;
        try {
            skew = Duration.between(request.clientTime(), now.time()).abs();
        } catch (DateTimeException | ArithmeticException e) {
            throw new EnrolmentException(EnrolmentProblem.CLOCK_SKEW, "a time beyond all calendars", e);
        }
        if (skew.compareTo(MAX) > 0) {
            throw new EnrolmentException(EnrolmentProblem.CLOCK_SKEW, "the clocks differ by " + skew);
        }
    }
}
