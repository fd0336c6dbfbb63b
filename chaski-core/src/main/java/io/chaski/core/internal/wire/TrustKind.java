package io.chaski.core.internal.wire;

import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.policy.SignedPolicy;
import org.jspecify.annotations.Nullable;

/** What nodes hand on that an authority has signed. */
public enum TrustKind {
    /** Whose certificates do not count any more: {@link SignedRevocationList}. */
    REVOCATIONS(1, SignedRevocationList.MAX_BYTES),
    /** Whom to trust: {@link SignedBundle}. */
    BUNDLE(2, SignedBundle.MAX_BYTES),
    /** Who may do what: {@link SignedPolicy}. */
    POLICY(3, SignedPolicy.MAX_BYTES);

    private final int code;
    private final int maxBytes;

    TrustKind(int code, int maxBytes) {
        this.code = code;
        this.maxBytes = maxBytes;
    }

    /** Its number on the wire. */
    public int code() {
        return code;
    }

    /** Size of the largest document of this kind. */
    public int maxBytes() {
        return maxBytes;
    }

    /**
     * The kind with a number.
     *
     * @param code as on the wire
     * @return null for one that this version does not know
     */
    public static @Nullable TrustKind of(int code) {
        for (TrustKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        return null;
    }
}
