package io.chaski.benchmarks.files;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.ChaskiNode;
import io.chaski.core.internal.netty.tls.TlsEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;

/** Who takes part, in the order of the table. */
enum Carriers {
    /** The kernel moves the content, one thread sends and hashes. */
    TRANSFER_TO("transferTo + SHA-256") {
        @Override
        FileCarrier open(Path target, Identities identities) throws IOException {
            return new SocketCarrier(
                    target, SocketCarrier.Sending.TRANSFER_TO, new ClearSocketPair(), FileCarrier.LIMIT);
        }
    },
    /** The same without zero-copy. */
    COPIES("copies + SHA-256") {
        @Override
        FileCarrier open(Path target, Identities identities) throws IOException {
            return new SocketCarrier(target, SocketCarrier.Sending.COPIES, new ClearSocketPair(), FileCarrier.LIMIT);
        }
    },
    /**
     * The limit of those in clear text: the kernel moves the content on an event loop of raw Netty, and another
     * thread hashes it meanwhile.
     */
    NETTY("netty region + SHA-256") {
        @Override
        FileCarrier open(Path target, Identities identities) {
            return NettyCarrier.clear(target, true);
        }
    },
    /** The same without a hash, which promises less: what hashing costs. */
    NETTY_UNHASHED("netty region, no hash") {
        @Override
        FileCarrier open(Path target, Identities identities) {
            return NettyCarrier.clear(target, false);
        }
    },
    /** Two nodes with all defaults, one of which pushes. */
    CHASKI("chaski") {
        @Override
        FileCarrier open(Path target, Identities identities) {
            return new ChaskiCarrier(target, identity -> ChaskiNode.builder());
        }
    },
    /** As {@link #COPIES}, with TLS of the JDK and certificates on both sides. */
    COPIES_TLS("JDK TLS + SHA-256") {
        @Override
        Carriers limit() {
            return NETTY_TLS;
        }

        @Override
        FileCarrier open(Path target, Identities identities) throws IOException, GeneralSecurityException {
            return new SocketCarrier(
                    target, SocketCarrier.Sending.COPIES, new TlsSocketPair(identities), FileCarrier.LIMIT);
        }
    },
    /** The limit of those who encrypt: raw Netty with the contexts and the engine of a node. */
    NETTY_TLS("netty TLS + SHA-256") {
        @Override
        Carriers limit() {
            return this;
        }

        @Override
        FileCarrier open(Path target, Identities identities) throws SSLException {
            return NettyCarrier.secured(target, TlsEngine.best(identities.credentials(Identities.SERVER)), identities);
        }
    },
    /** As {@link #CHASKI}, with TLS and certificates on both sides. */
    CHASKI_TLS("chaski-tls") {
        @Override
        Carriers limit() {
            return NETTY_TLS;
        }

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

    /** Whom it is compared with. */
    Carriers limit() {
        return NETTY;
    }

    /**
     * A new one.
     *
     * @param target where files arrive
     * @param identities of both sides, for those who encrypt
     */
    abstract FileCarrier open(Path target, Identities identities) throws IOException, GeneralSecurityException;
}
