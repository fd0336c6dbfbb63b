package io.chaski.remote.internal.wire;

/** Why a call was not answered with a result. The numbers travel and never change their meaning. */
public enum FailureCode {
    /** The node does not serve this name. Nothing was executed. */
    NO_SUCH_SERVICE(1),
    /** The service has no such method. Nothing was executed. */
    NO_SUCH_METHOD(2),
    /** The arguments are not those of the method. Nothing was executed. */
    BAD_ARGUMENTS(3),
    /** Too many calls are under way. Nothing was executed. */
    BUSY(4),
    /** The caller may not call this. Nothing was executed. */
    DENIED(5),
    /** The implementation has thrown. */
    REMOTE_ERROR(6),
    /** The implementation has returned, and its result cannot be sent. */
    BAD_RESULT(7),
    /** The call id was executed before, and its answer has not been kept. */
    ALREADY_EXECUTED(8),
    /** An earlier attempt of the call was begun and given up. */
    ABORTED(9),
    /** The implementation has waited too long for items of the caller. */
    ITEMS_IDLE(10);

    private final int number;

    FailureCode(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    int number() {
        return number;
    }

    /** The code with this number; {@link #REMOTE_ERROR}, which promises least, for one of a later version. */
    static FailureCode ofNumber(int number) {
        for (FailureCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return REMOTE_ERROR;
    }
}
