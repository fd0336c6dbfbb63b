package io.chaski.benchmarks.files;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.ChaskiNode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** Who takes part, in the order of the table. */
enum Carriers {
    /** The kernel moves the content, one thread sends and hashes. */
    TRANSFER_TO("transferTo + SHA-256") {
        @Override
        FileCarrier open(Path target, Identities identities) throws IOException {
            return new SocketCarrier(target, SocketCarrier.Sending.TRANSFER_TO, new ClearWire(), FileCarrier.LIMIT);
        }
    },
    /** The same without zero-copy. */
    COPIES("copies + SHA-256") {
        @Override
        FileCarrier open(Path target, Identities identities) throws IOException {
            return new SocketCarrier(target, SocketCarrier.Sending.COPIES, new ClearWire(), FileCarrier.LIMIT);
        }
    },
    /**
     * The limit, which the others are compared with: the kernel moves the content on an event loop of raw Netty, and another
     * thread hashes it meanwhile.
     */
    NETTY("netty region + SHA-256") {
        @Override
        FileCarrier open(Path target, Identities identities) {
            return new NettyCarrier(target, true);
        }
    },
    /** The same without a hash, which promises less: what hashing costs. */
    NETTY_UNHASHED("netty region, no hash") {
        @Override
        FileCarrier open(Path target, Identities identities) {
            return new NettyCarrier(target, false);
        }
    },
    /** Two nodes with all defaults, one of which pushes. */
    CHASKI("chaski") {
        @Override
        FileCarrier open(Path target, Identities identities) {
            return new ChaskiCarrier(target, identity -> ChaskiNode.builder());
        }
    },
    /** The limit with TLS of the JDK and certificates on both sides. */
    COPIES_TLS("TLS + SHA-256") {
        @Override
        FileCarrier open(Path target, Identities identities) throws IOException, GeneralSecurityException {
            return new SocketCarrier(target, SocketCarrier.Sending.COPIES, new TlsWire(identities), FileCarrier.LIMIT);
        }
    },
    /** As {@link #CHASKI}, with TLS and certificates on both sides. */
    CHASKI_TLS("chaski-tls") {
        @Override
        FileCarrier open(Path target, Identities identities) {
            return new ChaskiCarrier(target, identities::node);
        }
    };

    private final String label;

    Carriers(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /**
     * A new one.
     *
     * @param target where files arrive
     * @param identities of both sides, for those who encrypt
     */
    abstract FileCarrier open(Path target, Identities identities) throws IOException, GeneralSecurityException;
}
