package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Whether a file can be received: its name is free, or it is there already, and there is room for it. Confined to its transfer. */
final class Admission {

    private final TransferContext context;
    private final Incoming incoming;
    private final Destination destination;
    private final NameClash clash;
    private final LongSupplier promisedBytes;

    Admission(
            TransferContext context,
            Incoming incoming,
            Destination destination,
            NameClash clash,
            LongSupplier promisedBytes) {
        this.context = context;
        this.incoming = incoming;
        this.destination = destination;
        this.clash = clash;
        this.promisedBytes = promisedBytes;
    }

    private String name() {
        return incoming.offer().name();
    }

    /** Whether only reading what is there tells if it can be received. */
    boolean needsReading() throws IOException {
        return destination.placement().isPerhapsPresent(name(), incoming.manifest(), clash);
    }

    /** The file itself, if it is there. May take long, so not on the threads of the transfers. */
    Optional<Path> present(BooleanSupplier stop) throws IOException {
        return destination.placement().present(name(), incoming.manifest(), clash, context.hashedFiles(), stop);
    }

    /**
     * Checks what can be known before it is begun.
     *
     * @throws TransferFailedException EXISTS, NO_SPACE or QUOTA_EXCEEDED
     */
    void check() throws IOException {
        destination.placement().check(name(), clash);
        try {
            context.room().check(destination.directory(), incoming.manifest().size(), promisedBytes.getAsLong());
        } catch (TransferFailedException noRoom) {
            if (!isUnfinished()) { // what has its room already needs none
                throw noRoom;
            }
        }
    }

    private boolean isUnfinished() throws IOException {
        return destination.parts().unfinished(incoming.topic()).stream()
                .anyMatch(stored -> stored.manifest().equals(incoming.manifest()));
    }
}
