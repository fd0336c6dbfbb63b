package io.chaski.ca.internal.node;

import io.chaski.core.ConfigurationException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.DenyFile;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.NodeSecurity;
import io.chaski.core.security.TrustMode;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what a deny file says to a node that runs. What goes wrong is told once for each reason. Confined to one thread. */
public final class Denials {

    private static final Logger LOG = LoggerFactory.getLogger(Denials.class);

    private final DenyFile file;
    private @Nullable DenyList pending; // the file is not read again for it
    private String unread = "";
    private String untaken = "";

    /**
     * Those of a file.
     *
     * @param file whose present content the node knows
     */
    public Denials(DenyFile file) {
        this.file = Objects.requireNonNull(file, "file");
    }

    /** Reads the file if it has changed. A node that does not take what it says is handed it with each look until it does. */
    public void look(NodeSecurity node) {
        read();
        DenyList list = pending;
        if (list != null && node.mode() instanceof TrustMode.Ca now) {
            handOver(list, now.trust(), node);
        }
    }

    private void read() {
        try {
            file.readIfChanged().ifPresent(list -> pending = list);
            unread = "";
        } catch (ConfigurationException e) {
            tellUnread(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            tellUnread(e.toString());
        }
    }

    private void tellUnread(String why) {
        if (!why.equals(unread)) {
            LOG.warn("What was denied before stays so: {}", why);
        }
        unread = why;
    }

    private void handOver(DenyList list, Trust trust, NodeSecurity node) {
        try {
            node.update(
                    new Trust(trust.trustDomain(), trust.roots(), trust.revocations(), trust.isListRequired(), list));
        } catch (RuntimeException e) { // whatever it is, somebody is let in who must not be
            if (!e.toString().equals(untaken)) {
                LOG.error("The node does not deny yet what its deny file says; it is told with each look", e);
            }
            untaken = e.toString();
            return;
        }
        pending = null;
        untaken = "";
        LOG.info(
                "{} numbers, {} keys and {} identities are denied",
                list.serials().size(),
                list.keys().size(),
                list.uris().size());
    }
}
