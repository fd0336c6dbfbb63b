package io.chaski.ca.internal.net;

import io.chaski.ca.internal.authority.RemoteHost;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Answers requests. What it does takes disks and signatures, so it is called on a thread that may wait for them. */
public interface Responder {

    /**
     * Answers a request, or does not.
     *
     * @param request what was sent; nothing of it was looked at
     * @param version of the reply, that the client reads
     * @param peer the certificates that the client has shown to have the key of, its own first; empty if it has shown none
     * @param from where it comes from
     * @return the reply; empty to close without one
     */
    Optional<byte[]> answer(byte[] request, int version, List<X509Certificate> peer, RemoteHost from);

    /** Takes note of who has sent what is no message. */
    void onMalformed(RemoteHost from, String detail);
}
