package io.chaski.core.security.policy;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.PeerIdentity;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who asks to do something, as policies see it: the text of an identity. Immutable.
 *
 * @param name 1 to 520 visible characters of ASCII that begin with a scheme, such as
 *     {@code chaski://plant-7.example/node/mill-3} or {@code sha256:} and a fingerprint
 */
public record Subject(String name) {

    /** As long as identities may be, with a few characters more that say of what kind they are. */
    public static final int MAX_LENGTH = ChaskiUri.MAX_LENGTH + 8;

    /** Somebody without an identity, as seen by a node that has none itself. */
    public static final Subject ANONYMOUS = new Subject("anonymous:");

    /**
     * Checks the text.
     *
     * @throws IllegalArgumentException if it is none of an identity
     */
    public Subject {
        Objects.requireNonNull(name, "name");
        boolean isVisible = name.length() <= MAX_LENGTH && name.chars().allMatch(c -> c > ' ' && c < 0x7F);
        if (!isVisible || name.indexOf(':') < 1 || name.indexOf('/') >= 0 && name.indexOf('/') < name.indexOf(':')) {
            throw new IllegalArgumentException(
                    "an identity has a scheme and 1 to " + MAX_LENGTH + " visible characters");
        }
    }

    /**
     * Somebody who has proved an identity.
     *
     * @param uri the identity
     */
    public static Subject of(ChaskiUri uri) {
        return new Subject(uri.toString());
    }

    /**
     * Somebody who has proved an identity of any kind.
     *
     * @param identity who it is; null for somebody who has proved nothing
     */
    public static Subject of(@Nullable PeerIdentity identity) {
        return identity == null ? ANONYMOUS : new Subject(identity.name());
    }

    /**
     * Somebody who has proved to have a key that is known by its fingerprint.
     *
     * @param key fingerprint of the public key
     */
    public static Subject pinned(Fingerprint key) {
        return new Subject("sha256:" + key);
    }

    /** Scheme and segments, as identity patterns match them. */
    List<String> levels() {
        return Levels.ofIdentity(name);
    }

    /** What <code>{self}</code> stands for: {@code node/mill-3}; nothing for somebody without an identity. */
    List<String> path() {
        List<String> levels = levels();
        int authority = levels.get(0).endsWith("://") ? 1 : 0;
        return levels.subList(Math.min(levels.size(), 1 + authority), levels.size());
    }

    @Override
    public String toString() {
        return name;
    }
}
