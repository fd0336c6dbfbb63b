package io.chaski.ca;

/** Why an authority gives no certificate. The codes on the wire never change their meaning. */
public enum EnrolmentProblem {
    /** The token is not one of this authority, or was altered. It does not say more, so that nobody learns to forge one. */
    TOKEN_INVALID(1),
    /** The token has ended; ask for a new one. */
    TOKEN_EXPIRED(2),
    /** The token begins later: the clock of the authority or of the machine that made it is wrong. */
    TOKEN_NOT_YET(3),
    /** Another key has used the token. If it was not yours, somebody has stolen it; the authority has raised an alarm. */
    TOKEN_USED(4),
    /** The certificate request is too large, not well formed, or not signed by its own key. */
    CSR_INVALID(5),
    /** The key is of a kind that takes no part, is not the one the token is bound to, or belongs to another identity. */
    KEY_REJECTED(6),
    /** The request asks for another identity than the token, or the current certificate, is for. */
    NAME_MISMATCH(7),
    /** The identity, its key or its certificate was revoked. */
    IDENTITY_REVOKED(8),
    /** Too many requests; try again when the time that comes with it is over. */
    RATE_LIMITED(9),
    /** The clocks differ by more than five minutes, so that a certificate would be of no use; the time comes with it. */
    CLOCK_SKEW(10),
    /** The authority cannot record what it does, because its disk is full or has failed, and so does nothing. */
    CA_READ_ONLY(11),
    /** The issuing key of the authority is not open. */
    CA_KEY_LOCKED(12),
    /** Whoever answered is not the authority that the token names. Found by the node, never sent. */
    UNTRUSTED_CA(13),
    /** The certificate that asks for its renewal has ended; a new token is needed. */
    IDENTITY_EXPIRED(14),
    /** No authority answered at any of its addresses. Found by the node, never sent. */
    UNREACHABLE(15);

    private final int code;

    EnrolmentProblem(int code) {
        this.code = code;
    }

    /** Number on the wire, 1 to 255. */
    public int code() {
        return code;
    }
}
