package io.chaski.remote;

import io.chaski.core.NodeId;
import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nobody who could be reached serves this: the method was not executed. */
public final class NoProviderException extends CallException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final List<String> known;

    /**
     * A service without a provider.
     *
     * @param peer who was asked, null if there was nobody to ask
     * @param detail a short sentence
     * @param known services that the peer serves for this node, or that anybody serves if there was nobody to ask; at most 64
     */
    public NoProviderException(@Nullable NodeId peer, String detail, List<String> known) {
        super(
                "NO_PROVIDER",
                known.isEmpty() ? detail : detail + "; there are " + String.join(", ", known),
                peer,
                Execution.NOT_EXECUTED);
        this.known = List.copyOf(known);
    }

    /**
     * Services that the peer serves for this node, or that anybody serves if there was nobody to ask: at most 64, sorted; empty if
     * that is not known.
     */
    public List<String> known() {
        return known;
    }
}
