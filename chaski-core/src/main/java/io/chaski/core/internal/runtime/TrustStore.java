package io.chaski.core.internal.runtime;

import io.chaski.core.ConfigurationException;
import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an authority has signed on the disk of a node, a file for each kind: a byte of form, the time at which it was
 * believed, the document. It is the protection against who offers something older after a restart. One more file has the
 * fingerprints of all roots by which something was believed, and so tells which authority that was: another one counts its own
 * numbers. Writers take turns.
 */
final class TrustStore {

    private static final Logger LOG = LoggerFactory.getLogger(TrustStore.class);

    private static final int FORM = 1;
    private static final int HEADER_BYTES = Byte.BYTES + Long.BYTES;

    private static final String ROOTS = "roots";

    /** A root lives ten years; only who has stolen an issuing key brings so many, and he is not to fill the disk. */
    static final int MAX_ROOTS = 1_024;

    private final OwnerFolder folder;
    private final Writer writer;
    private final Map<TrustKind, Stored> found = new EnumMap<>(TrustKind.class);
    private Set<Fingerprint> roots = Set.of();

    /** Whether the files are those of an authority that the node does not trust any more. */
    private boolean isOfAnother;

    /** Changes files, if the folder is still this node's. */
    interface Writer {
        /**
         * See {@link OwnerFolder#write}.
         *
         * @param name of the file
         * @param content of the file
         */
        void write(String name, ByteBuffer content) throws IOException;

        /**
         * See {@link OwnerFolder#delete}.
         *
         * @param name of the file
         */
        void delete(String name) throws IOException;
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
     * @param configured the roots that the node is to trust. If none of them has to do with what is there, that is of another
     *     authority: it counts as not there, and is removed when something else is stored
     * @param writer writes there
     * @throws IOException if the operating system refuses
     * @throws ConfigurationException if a file is damaged
     */
    static TrustStore open(OwnerFolder folder, Collection<X509Certificate> configured, Writer writer)
            throws IOException {
        TrustStore store = new TrustStore(folder, writer);
        store.roots = store.readRoots();
        store.isOfAnother = !store.roots.isEmpty()
                && configured.stream().map(Fingerprint::of).noneMatch(store.roots::contains);
        if (store.isOfAnother) {
            LOG.info("what is stored in {} is of another authority, and not followed", folder.path());
            store.roots = Set.of();
            return store;
        }
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

    private Set<Fingerprint> readRoots() throws IOException {
        Optional<byte[]> content = folder.read(ROOTS, Byte.BYTES + (long) MAX_ROOTS * Fingerprint.BYTES);
        if (content.isEmpty()) {
            return Set.of();
        }
        ByteBuffer in = ByteBuffer.wrap(content.get());
        if (in.remaining() % Fingerprint.BYTES != Byte.BYTES || in.get() != FORM) {
            // Without this file alone, the documents would be of whatever authority is trusted.
            throw damaged(ROOTS, "delete all of " + folder.path(), null);
        }
        Set<Fingerprint> read = new LinkedHashSet<>();
        while (in.hasRemaining()) {
            read.add(Fingerprint.read(in));
        }
        return read;
    }

    /** Starting without it would let an older one in, so somebody must decide. */
    ConfigurationException damaged(TrustKind kind, @Nullable Exception cause) {
        return damaged(name(kind), "delete it", cause);
    }

    private ConfigurationException damaged(String name, String remedy, @Nullable Exception cause) {
        return new ConfigurationException(
                folder.path().resolve(name) + " is damaged; restore it, or " + remedy
                        + " to take what the neighbours have, however old",
                cause);
    }

    /**
     * Stores a document in place of the one before.
     *
     * @param kind of the document
     * @param believed the document
     * @param by the roots that are trusted, and those of the document if it is a set of roots
     * @throws IOException if the operating system refuses
     */
    void write(TrustKind kind, Stored believed, Collection<X509Certificate> by) throws IOException {
        removeWhatIsOfAnother();
        writeRoots(by);
        byte[] content = new FieldWriter()
                .u8(FORM)
                .i64(believed.believedAt().toEpochMilli())
                .bytes(believed.document().toByteArray())
                .toBytes();
        writer.write(name(kind), ByteBuffer.wrap(content));
    }

    /** While the old roots are there, the rest counts as not there; new ones take their place afterwards. */
    private void removeWhatIsOfAnother() throws IOException {
        if (isOfAnother) {
            for (TrustKind kind : TrustKind.values()) {
                writer.delete(name(kind));
            }
            isOfAnother = false;
        }
    }

    /** Before the document: one that is there without them would be of whatever authority is trusted later. */
    private void writeRoots(Collection<X509Certificate> more) throws IOException {
        List<Fingerprint> wanted = more.stream().map(Fingerprint::of).toList();
        Set<Fingerprint> all = new LinkedHashSet<>(roots);
        wanted.forEach(all::remove); // and to the end, where nothing is cut off
        all.addAll(wanted);
        if (all.equals(roots)) {
            return;
        }
        List<Fingerprint> latest = new ArrayList<>(all).subList(Math.max(0, all.size() - MAX_ROOTS), all.size());
        FieldWriter out = new FieldWriter().u8(FORM);
        latest.forEach(root -> out.bytes(root.toBytes()));
        writer.write(ROOTS, ByteBuffer.wrap(out.toBytes()));
        roots = new LinkedHashSet<>(latest);
    }

    private static String name(TrustKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
