package io.chaski.benchmarks.files;

import java.io.IOException;
import java.nio.file.Path;

/** Who takes part, in the order of the table. */
enum Carriers {
    /** The limit, which the others are compared with: the kernel moves the content. */
    TRANSFER_TO("transferTo + SHA-256") {
        @Override
        FileCarrier open(Path target) throws IOException {
            return new SocketCarrier(target, SocketCarrier.Sending.TRANSFER_TO);
        }
    },
    /** The same without zero-copy: shows what a region of a file would be worth. */
    COPIES("copies + SHA-256") {
        @Override
        FileCarrier open(Path target) throws IOException {
            return new SocketCarrier(target, SocketCarrier.Sending.COPIES);
        }
    },
    /** Two nodes with all defaults, one of which pushes. */
    CHASKI("chaski") {
        @Override
        FileCarrier open(Path target) {
            return new ChaskiCarrier(target);
        }
    };

    private final String label;

    Carriers(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract FileCarrier open(Path target) throws IOException;
}
