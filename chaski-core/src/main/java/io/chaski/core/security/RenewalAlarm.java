package io.chaski.core.security;

/** What somebody should know about the certificate of a node. In the order in which it gets worse. */
public enum RenewalAlarm {
    /** The clock says that the certificate has not begun: the clock is wrong, and no other certificate would help. */
    NOT_YET_VALID,
    /** Four fifths of its life are over, and it was not renewed. The log says why. */
    LATE,
    /** Nine tenths of its life are over. */
    CRITICAL,
    /** It has ended. No peer takes it; a new token is needed, unless the authority renews ended ones. */
    ENDED
}
