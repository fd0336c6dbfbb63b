package io.chaski.remote.internal.wire;

import io.chaski.core.NodeId;
import io.chaski.remote.RemoteCallException;
import io.chaski.remote.internal.model.DeclaredError;
import io.chaski.remote.internal.model.MethodModel;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A declared exception as text. Immutable.
 *
 * @param name its simple name
 * @param message its message, empty if it has none
 */
public record ErrorText(String name, String message) {

    private static final Logger log = LoggerFactory.getLogger(ErrorText.class);
    private static final int FIELDS = 2;
    private static final int MAX_NAME_BYTES = 255;

    /** Cuts the texts. */
    public ErrorText {
        name = BoundedText.of(name, MAX_NAME_BYTES);
        message = BoundedText.of(message, RemoteCallException.MAX_MESSAGE_BYTES);
    }

    /**
     * What the caller of a method hears of something that was thrown.
     *
     * @param method what threw it
     * @param thrown what was thrown
     */
    public static Body toBody(MethodModel method, Throwable thrown) {
        for (DeclaredError declared : method.errors()) {
            if (declared.type().isInstance(thrown)) {
                return new Body(
                        Body.Kind.DECLARED_ERROR,
                        Values.encodeTexts(
                                List.of(declared.name(), new ErrorText("", Failure.messageOf(thrown)).message())));
            }
        }
        return Failure.of(thrown).toBody();
    }

    /**
     * Reads a declared exception.
     *
     * @param bytes as they arrived
     * @throws MalformedException if they are none
     */
    public static ErrorText parse(byte[] bytes) throws MalformedException {
        List<String> fields = Values.decodeTexts(bytes);
        if (fields.size() != FIELDS) {
            throw new MalformedException("a declared exception has two fields");
        }
        return new ErrorText(fields.get(0), fields.get(1));
    }

    /**
     * The exception, or if it is not declared here or cannot be made, one that tells of it.
     *
     * @param method what was called
     * @param peer who has thrown it, null if that is not known any more
     */
    public Throwable toThrowable(MethodModel method, @Nullable NodeId peer) {
        return in(method).flatMap(this::make).orElseGet(() -> new RemoteCallException(peer, name, message));
    }

    /** By code of the application, which may not expect what a peer sends. */
    private Optional<Throwable> make(DeclaredError declared) {
        try {
            return Optional.ofNullable(declared.factory().apply(message.isEmpty() ? null : message));
        } catch (RuntimeException unexpected) { // its message may repeat what has come
            log.debug(
                    "no {} was made from what has come: {}",
                    declared.name(),
                    unexpected.getClass().getName());
            return Optional.empty();
        }
    }

    /**
     * The declared exception of this name.
     *
     * @param method what was called
     */
    public Optional<DeclaredError> in(MethodModel method) {
        return method.errors().stream()
                .filter(declared -> declared.name().equals(name))
                .findFirst();
    }
}
