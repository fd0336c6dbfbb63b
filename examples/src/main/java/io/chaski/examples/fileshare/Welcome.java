package io.chaski.examples.fileshare;

import java.util.List;
import java.util.Objects;

/**
 * What a newcomer hears.
 *
 * @param host name of the peer that answers
 * @param peers all that it knows, those that are offline as well
 */
record Welcome(String host, List<KnownPeer> peers) {
    Welcome {
        Objects.requireNonNull(host, "host");
        peers = List.copyOf(peers);
    }
}
