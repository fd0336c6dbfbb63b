package io.chaski.ca.internal.net;

import java.security.cert.X509Certificate;
import java.util.List;

/** Whom we want to talk to. Called on threads of handshakes. */
@FunctionalInterface
public interface ChainCheck {

    /** Throws unless a chain is one of theirs. */
    void accept(List<X509Certificate> chain);
}
