package io.chaski.ca.internal.cli;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.EnrolmentException;
import io.chaski.core.ChaskiException;
import io.chaski.core.security.policy.PolicyRefusedException;

/** What a script learns of how it went. The numbers never change their meaning. */
enum ExitCode {
    /** Done, or there was nothing to do. */
    OK(0),
    /** It could not be done. */
    FAILURE(1),
    /** The command line makes no sense. */
    USAGE(2),
    /** No authority answered. */
    UNREACHABLE(4),
    /** Refused: token, certificate, password or permissions. */
    REFUSED(5),
    /** No such authority, identity, certificate or token. */
    NOT_FOUND(6),
    /** Something is there already, or somebody is at it. */
    CONFLICT(8);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static ExitCode of(ChaskiException failure) {
        if (failure instanceof AuthorityException authority) {
            return switch (authority.problem()) {
                case EXISTS, IN_USE -> CONFLICT;
                case MISSING, UNKNOWN -> NOT_FOUND;
                case WRONG_PASSWORD, UNSAFE_PERMISSIONS, REVOKED, TOO_EARLY -> REFUSED;
                case DAMAGED, FAILED -> FAILURE;
            };
        }
        if (failure instanceof EnrolmentException enrolment) {
            return switch (enrolment.problem()) {
                case UNREACHABLE -> UNREACHABLE;
                case CA_READ_ONLY, CA_KEY_LOCKED -> FAILURE;
                default -> REFUSED;
            };
        }
        if (failure instanceof PolicyRefusedException policy) {
            return switch (policy.problem()) {
                case ROLLBACK, CONFLICT -> CONFLICT;
                case MALFORMED -> FAILURE;
                default -> REFUSED;
            };
        }
        return FAILURE;
    }
}
