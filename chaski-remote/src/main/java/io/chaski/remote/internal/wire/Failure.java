package io.chaski.remote.internal.wire;

import io.chaski.remote.RemoteCallException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a call has no result, as text. Immutable.
 *
 * @param code why
 * @param type name of what was thrown, empty if nothing was
 * @param message for people; bounded, whoever sent it
 */
public record Failure(FailureCode code, String type, String message) {

    private static final int MAX_TYPE_BYTES = 255;
    private static final int FIELDS = 3;

    /** Cuts the texts. */
    public Failure {
        type = BoundedText.of(type, MAX_TYPE_BYTES);
        message = BoundedText.of(message, RemoteCallException.MAX_MESSAGE_BYTES);
    }

    /**
     * A failure without an exception.
     *
     * @param code why
     * @param message for people
     */
    public static Failure of(FailureCode code, @Nullable String message) {
        return new Failure(code, "", message == null ? "" : message);
    }

    /**
     * Something that was thrown.
     *
     * @param thrown by the implementation
     */
    public static Failure of(Throwable thrown) {
        return new Failure(FailureCode.REMOTE_ERROR, thrown.getClass().getName(), messageOf(thrown));
    }

    /** The message of an application's exception, which runs its code: whatever that throws must not keep the failure from being told. */
    static String messageOf(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : message;
        } catch (Throwable broken) {
            return "";
        }
    }

    /** As the body of an answer. */
    public Body toBody() {
        return new Body(Body.Kind.FAILURE, Values.encodeTexts(List.of(Integer.toString(code.number()), type, message)));
    }

    /**
     * In one word, for events: {@code OK}, {@code DECLARED_ERROR}, or the code of the failure.
     *
     * @param answer of this node
     */
    public static String outcomeOf(Body answer) {
        return switch (answer.kind()) {
            case VALUE -> "OK";
            case FAILURE -> {
                try {
                    yield parse(answer.bytes()).code().name();
                } catch (MalformedException ours) {
                    throw new IllegalStateException("an answer of this node", ours);
                }
            }
            case DECLARED_ERROR, ARGUMENTS, ITEM, STOP -> answer.kind().name();
        };
    }

    /**
     * Reads a failure.
     *
     * @param bytes as they arrived
     * @throws MalformedException if they are none
     */
    public static Failure parse(byte[] bytes) throws MalformedException {
        List<String> fields = Values.decodeTexts(bytes);
        if (fields.size() != FIELDS) {
            throw new MalformedException("a failure has three fields");
        }
        try {
            return new Failure(FailureCode.ofNumber(Integer.parseInt(fields.get(0))), fields.get(1), fields.get(2));
        } catch (NumberFormatException notANumber) {
            throw new MalformedException("a failure begins with its code");
        }
    }
}
