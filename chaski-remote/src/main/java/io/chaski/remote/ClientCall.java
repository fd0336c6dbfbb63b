package io.chaski.remote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that is about to be made. Immutable.
 *
 * @param service name of the service
 * @param method remote name of the method
 * @param arguments what is passed
 * @param options what holds for it, all layers taken together
 */
public record ClientCall(String service, String method, List<@Nullable Object> arguments, CallOptions options) {

    /** Copies the arguments, of which some may be null. */
    public ClientCall {
        arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
    }

    /**
     * The same call with one more header.
     *
     * @param name as in {@link CallOptions.Builder#header}
     * @param value as there
     */
    public ClientCall withHeader(String name, String value) {
        return new ClientCall(
                service,
                method,
                arguments,
                CallOptions.builder().header(name, value).build().over(options));
    }

    /** The call without its arguments, which may be secret. */
    @Override
    public String toString() {
        return service + "." + method;
    }
}
