package io.chaski.examples.fileshare;

import java.util.List;

/**
 * What a newcomer hears.
 *
 * @param host name of the peer that answers
 * @param peers all that it knows, those that are offline as well
 */
record Welcome(String host, List<KnownPeer> peers) {
    Welcome {
        peers = List.copyOf(peers);
    }
}
