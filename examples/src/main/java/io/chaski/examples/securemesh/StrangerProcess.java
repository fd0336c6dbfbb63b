package io.chaski.examples.securemesh;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.ConnectFailedException;
import io.chaski.examples.process.Child;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A node without an identity: it gets no edge, whatever it tries. */
final class StrangerProcess {

    private StrangerProcess() {}

    static void run(String contact) throws Exception {
        try (ChaskiNode stranger = ChaskiNode.builder().name("stranger").start()) {
            stranger.connect(Address.parse(contact)).get(SecureMesh.LIMIT.toSeconds(), TimeUnit.SECONDS);
            Child.answer("REFUSED false");
        } catch (ExecutionException e) {
            Child.answer("REFUSED " + (e.getCause() instanceof ConnectFailedException));
        }
    }
}
