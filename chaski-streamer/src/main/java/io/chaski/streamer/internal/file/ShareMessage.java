package io.chaski.streamer.internal.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Questions about shared files and their answers: one message there, one back. */
final class ShareMessage {

    /** Name of the stream protocol. */
    static final String PROTOCOL = "chaski/files/find/1";

    /** What fits an answer of 1 MiB even if all names are long is a few hundred; this is what fits if they are not. */
    static final int MAX_ENTRIES = 4_096;

    static final int MAX_BYTES = 1 << 20;

    private static final int FIND = 1;
    private static final int WHO = 2;

    /** A shared file. */
    record Found(String name, Manifest manifest) {}

    /** Which names match? */
    record Find(Wildcard names) {}

    /** What is the file of this hash? */
    record Who(Sha256 hash) {}

    private ShareMessage() {}

    static byte[] find(Wildcard names) {
        return new BoundedWriter().u8(FIND).text(names.pattern()).message();
    }

    static byte[] who(Sha256 hash) {
        return new BoundedWriter().u8(WHO).hash(hash).message();
    }

    /**
     * Reads a question.
     *
     * @return a {@link Find} or a {@link Who}
     * @throws IllegalArgumentException if it is neither
     */
    static Record question(byte[] message) {
        BoundedReader in = new BoundedReader(message);
        Record question = switch (in.u8()) {
            case FIND -> new Find(new Wildcard(in.text(Wildcard.MAX_BYTES)));
            case WHO -> new Who(in.hash());
            default -> throw new IllegalArgumentException("no such question");
        };
        in.requireEnd();
        return question;
    }

    /** As many as fit. */
    static byte[] answer(List<Found> files) {
        List<byte[]> entries = new ArrayList<>();
        int bytes = Integer.BYTES;
        for (Found file : files) {
            byte[] entry = Announcement.write(new BoundedWriter(), file.manifest())
                    .text(file.name())
                    .message();
            if (bytes + entry.length > MAX_BYTES || entries.size() == MAX_ENTRIES) {
                break;
            }
            bytes += entry.length;
            entries.add(entry);
        }
        BoundedWriter out = new BoundedWriter().i32(entries.size());
        entries.forEach(out::raw);
        return out.message();
    }

    /**
     * Reads an answer. Names that break the rules are left out.
     *
     * @throws IllegalArgumentException if it is not one
     */
    static List<Found> answered(byte[] message) {
        BoundedReader in = new BoundedReader(message);
        int count = in.i32();
        if (count < 0 || count > MAX_ENTRIES) {
            throw new IllegalArgumentException(count + " files, at most " + MAX_ENTRIES);
        }
        List<Found> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Manifest manifest = Announcement.manifest(in);
            String name = in.text(FileNames.MAX_PATH_BYTES);
            if (FileNames.isGoodPath(name)) {
                files.add(new Found(name, manifest));
            }
        }
        in.requireEnd();
        return files;
    }

    /** An offer made of what a peer shares. */
    static Announcement.Offer offer(Found file) {
        return new Announcement.Offer(0, file.manifest(), file.name(), Map.of());
    }
}
