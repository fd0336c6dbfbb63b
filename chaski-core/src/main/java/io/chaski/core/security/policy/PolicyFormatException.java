package io.chaski.core.security.policy;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A text is not a policy: {@link #place()} says where the mistake is. What was in force before stays so. */
public final class PolicyFormatException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String place;

    PolicyFormatException(String place, String problem, @Nullable Throwable cause) {
        super("POLICY_FORMAT", "not a policy: " + place + ": " + problem, cause);
        this.place = Objects.requireNonNull(place, "place");
    }

    /** Where, such as {@code roles.sensor.publish[3], line 7}. */
    public String place() {
        return place;
    }
}
