package io.chaski.core.security;

import io.chaski.core.NodeId;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Who a node has proved to be, in whatever {@link TrustMode}. Two identities with the same kind and name are the same
 * node, whatever their keys. Immutable.
 *
 * @param kind how it was proved; the same name of another kind is somebody else
 * @param name who it is: {@code chaski://plant-7.example/node/mill-3} with an authority of ours, {@code uri:} or
 *     {@code dns:} and a name with somebody else's certificates, {@code sha256:} and 64 hexadecimal digits with a pinned
 *     key
 * @param serial number of its certificate
 * @param key fingerprint of its public key: another one under the same name is a renewal, or a thief
 * @param notAfter when its certificate, or one above it, ends: no connection may outlive it
 */
public record PeerIdentity(Kind kind, String name, BigInteger serial, Fingerprint key, Instant notAfter) {

    /** How an identity is proved. The ids of nodes are derived with different prefixes, so that kinds never collide. */
    public enum Kind {
        /** By a certificate of an authority of ours, see {@link TrustMode.Ca}. */
        CA("chaski-node-v1"),
        /** By a certificate of somebody else's authority, see {@link TrustMode.External}. */
        EXTERNAL("chaski-external-v1"),
        /** By the key alone, see {@link TrustMode.Pinned}. */
        PINNED("chaski-pinned-v1");

        private final String context;

        Kind(String context) {
            this.context = context;
        }
    }

    /** Checks that nothing is missing. */
    public PeerIdentity {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(serial, "serial");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(notAfter, "notAfter");
    }

    /**
     * What {@link CertificateVerifier} has found, in the general form.
     *
     * @param identity of an authority of ours
     */
    public static PeerIdentity of(Identity identity) {
        return new PeerIdentity(
                Kind.CA, identity.uri().toString(), identity.serial(), identity.key(), identity.notAfter());
    }

    /** The name as an identity of an authority of ours; empty for the other kinds. */
    public Optional<ChaskiUri> uri() {
        return kind == Kind.CA ? Optional.of(ChaskiUri.parse(name)) : Optional.empty();
    }

    /**
     * The id of the node on the wire: the first 16 bytes of {@code SHA-256(context 00 name)}. It stays the same when the
     * node gets another key, except with {@link Kind#PINNED}, where the key is the name.
     */
    public NodeId nodeId() {
        return DerivedId.of(kind.context, name);
    }

    @Override
    public String toString() {
        return name;
    }
}
