package io.chaski.core.security.policy;

import io.chaski.core.NodeId;
import java.util.Optional;

/**
 * What the nodes of a network may do, as a running node sees it; see {@code ChaskiNode.access()}. Thread-safe.
 *
 * <p>When an {@code update} returns, this node's own calls follow the new policy. Within a second its neighbours do too: links and
 * streams by which somebody had something that it may not have any more are taken down, and whoever subscribed is told; own
 * subscriptions that have lost their right are closed with {@link AccessDeniedException}.
 */
public interface NodeAccess {

    /** Who this node is to policies. */
    Subject self();

    /**
     * Who another node is to policies.
     *
     * @param node this one, or another one
     * @return empty for one that this node has never had a connection to, and without identities
     */
    Optional<Subject> subject(NodeId node);

    /** What is in force. */
    AccessRules rules();

    /**
     * Follows another policy. What the node and the application restrict stays.
     *
     * @param policy takes the place of the policy of the authority, or of the preset
     * @throws PolicyRefusedException if it has not begun, or has expired
     */
    void update(Policy policy);

    /**
     * Follows a policy that somebody has signed, if it may take the place of the one that this node follows, and hands it on to the
     * neighbours, who hand it on to theirs. It is stored in the data directory first, if there is one, and is followed after a
     * restart.
     *
     * @param signed the policy with its signature
     * @throws io.chaski.core.security.CertificateRefusedException if the certificates of the signer are not believed
     * @throws PolicyRefusedException if the signer may not sign, has not signed this, it is not for now, or is older than what this
     *     node follows
     * @throws PolicyFormatException if its text is no policy
     * @throws IllegalStateException if this node does not trust an authority of ours
     */
    void update(SignedPolicy signed);

    /**
     * Whether a node may do something.
     *
     * @param node this one, or another one that this one has met; one that it has not is nobody, and may what anonymous peers
     *     may
     * @param action what
     * @param object with what: a topic, {@code service/method}, or a service
     */
    Decision decide(NodeId node, Action action, String object);

    /**
     * Asks for this node itself.
     *
     * @param action what
     * @param object with what: a topic, {@code service/method}, or a service
     * @throws AccessDeniedException if it may not
     */
    void require(Action action, String object);
}
