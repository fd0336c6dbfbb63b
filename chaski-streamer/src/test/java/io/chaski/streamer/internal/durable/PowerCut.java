package io.chaski.streamer.internal.durable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a loss of power leaves of a disk, step by step: what was forced is there; of everything else some is, in pieces of a
 * sector, and in any order. Where only a later piece is there, zeros stand in between. Confined to one thread.
 */
final class PowerCut {

    private final Map<String, FaultFs.Node> names = new LinkedHashMap<>();
    private final List<FaultFs.Step> unforcedNames = new ArrayList<>();
    private final Map<FaultFs.Node, byte[]> forced = new LinkedHashMap<>();
    private final Map<FaultFs.Node, List<FaultFs.Step>> unforced = new LinkedHashMap<>();

    /** Which of the things that were not forced are there. */
    enum Loss {
        /** None of them. */
        ALL(0, 4_096),
        /** All of them: the process was killed, and the machine goes on. */
        NONE(1, 4_096),
        /** Each sector of 512 bytes by chance. */
        SECTORS(0.5, 512),
        /** Each page by chance. */
        PAGES(0.5, 4_096),
        /** Almost all of them, but for a torn sector here and there. */
        FEW_SECTORS(0.9, 512);

        private final double kept;
        private final int pieceBytes;

        Loss(double kept, int pieceBytes) {
            this.kept = kept;
            this.pieceBytes = pieceBytes;
        }
    }

    /** Begins with nothing. */
    PowerCut() {}

    /** Begins with files, all of which is durable, as they are opened by a disk of the same files. */
    PowerCut(FaultFs disk) {
        disk.nodes().forEach((name, node) -> {
            names.put(name, node);
            forced.put(node, node.bytes().clone());
        });
    }

    /** Takes notice of what has happened. */
    void onStep(FaultFs.Step step) {
        if (step instanceof FaultFs.Written written) {
            unforced.computeIfAbsent(written.node(), node -> new ArrayList<>()).add(step);
        } else if (step instanceof FaultFs.Truncated truncated) {
            unforced.computeIfAbsent(truncated.node(), node -> new ArrayList<>())
                    .add(step);
        } else if (step instanceof FaultFs.Forced force) {
            List<FaultFs.Step> gone = unforced.remove(force.node());
            if (force.works() && gone != null) {
                forced.put(force.node(), left(force.node(), gone, Loss.NONE, new Random(0)));
            }
        } else if (step instanceof FaultFs.NamesForced force) {
            if (force.works()) {
                unforcedNames.forEach(each -> apply(each, names));
            }
            unforcedNames.clear();
        } else {
            unforcedNames.add(step);
        }
    }

    /** The files that a loss of power at this moment leaves. */
    Map<String, byte[]> files(Loss loss, Random random) {
        Map<String, FaultFs.Node> left = new LinkedHashMap<>(names);
        for (FaultFs.Step step : unforcedNames) {
            if (random.nextDouble() < loss.kept) {
                apply(step, left);
            }
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        left.forEach((name, node) -> files.put(name, left(node, unforced.getOrDefault(node, List.of()), loss, random)));
        return files;
    }

    private static void apply(FaultFs.Step step, Map<String, FaultFs.Node> names) {
        if (step instanceof FaultFs.Created created) {
            names.put(created.name(), created.node());
        } else if (step instanceof FaultFs.Renamed renamed) {
            names.remove(renamed.from());
            names.put(renamed.to(), renamed.node());
        } else if (step instanceof FaultFs.Deleted deleted) {
            names.remove(deleted.name());
        }
    }

    private byte[] left(FaultFs.Node node, List<FaultFs.Step> steps, Loss loss, Random random) {
        byte[] bytes = forced.getOrDefault(node, new byte[0]);
        for (FaultFs.Step step : steps) {
            if (step instanceof FaultFs.Written written) {
                bytes = torn(bytes, written, loss, random);
            } else if (step instanceof FaultFs.Truncated truncated && random.nextDouble() < loss.kept) {
                bytes = Arrays.copyOf(bytes, truncated.size());
            }
        }
        return bytes;
    }

    private static byte[] torn(byte[] before, FaultFs.Written written, Loss loss, Random random) {
        byte[] bytes = before;
        ByteBuffer added = written.bytes();
        int at = 0;
        while (at < added.capacity()) {
            int toBoundary = loss.pieceBytes - (written.position() + at) % loss.pieceBytes;
            int length = Math.min(toBoundary, added.capacity() - at);
            if (random.nextDouble() < loss.kept) {
                bytes = FaultFs.overwritten(bytes, written.position() + at, added, at, length);
            }
            at += length;
        }
        return bytes;
    }
}
