package io.chaski.core.internal.runtime;

import io.chaski.core.ConfigurationException;
import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an authority has signed on the disk of a node, a file for each kind: a byte of form, the time at which it was
 * believed, the document. It is the protection against who offers something older after a restart. Writers take turns.
 */
final class TrustStore {

    private static final int FORM = 1;
    private static final int HEADER_BYTES = Byte.BYTES + Long.BYTES;

    private final OwnerFolder folder;
    private final Writer writer;
    private final Map<TrustKind, Stored> found = new EnumMap<>(TrustKind.class);

    /** Writes a file, if the folder is still this node's. */
    @FunctionalInterface
    interface Writer {
        /**
         * See {@link OwnerFolder#write}.
         *
         * @param name of the file
         * @param content of the file
         */
        void write(String name, ByteBuffer content) throws IOException;
    }

    /**
     * A document that was believed.
     *
     * @param document all of it
     * @param believedAt when: certificates of signers live a day, and who has believed them keeps what they have signed
     */
    record Stored(ArrayPayload document, Instant believedAt) {}

    private TrustStore(OwnerFolder folder, Writer writer) {
        this.folder = folder;
        this.writer = writer;
    }

    /**
     * The documents in a folder.
     *
     * @param folder of them alone
     * @param writer writes there
     * @throws IOException if the operating system refuses
     * @throws ConfigurationException if a file is damaged
     */
    static TrustStore open(OwnerFolder folder, Writer writer) throws IOException {
        TrustStore store = new TrustStore(folder, writer);
        for (TrustKind kind : TrustKind.values()) {
            Optional<Stored> found = store.read(kind);
            if (found.isPresent()) {
                store.found.put(kind, found.get());
            }
        }
        return store;
    }

    /**
     * What was there when this was opened.
     *
     * @param kind of the document
     */
    Optional<Stored> found(TrustKind kind) {
        return Optional.ofNullable(found.get(kind));
    }

    private Optional<Stored> read(TrustKind kind) throws IOException {
        Optional<byte[]> content = folder.read(name(kind), HEADER_BYTES + kind.maxBytes());
        if (content.isEmpty()) {
            return Optional.empty();
        }
        FieldReader in = new FieldReader(content.get());
        try {
            if (in.u8() != FORM) {
                throw damaged(kind, null);
            }
            Instant believedAt = Instant.ofEpochMilli(in.i64());
            return Optional.of(new Stored(ArrayPayload.owning(in.rest()), believedAt));
        } catch (MalformedFieldsException e) {
            throw damaged(kind, e);
        }
    }

    /** Starting without it would let an older one in, so somebody must decide. */
    ConfigurationException damaged(TrustKind kind, @Nullable Exception cause) {
        return new ConfigurationException(
                folder.path().resolve(name(kind))
                        + " is damaged; restore it, or delete it to take what the neighbours have, however old",
                cause);
    }

    /**
     * Stores a document in place of the one before.
     *
     * @param kind of the document
     * @param document all of it
     * @param believedAt now
     * @throws IOException if the operating system refuses
     */
    void write(TrustKind kind, byte[] document, Instant believedAt) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + document.length);
        content.put((byte) FORM)
                .putLong(believedAt.toEpochMilli())
                .put(document)
                .flip();
        writer.write(name(kind), content);
    }

    private static String name(TrustKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
