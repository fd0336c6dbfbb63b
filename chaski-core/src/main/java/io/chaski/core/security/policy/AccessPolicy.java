package io.chaski.core.security.policy;

/**
 * What the application itself says about who may do what. It is asked for what the policies allow, and can only restrict. Its
 * answers are kept until a policy changes, so they must not depend on the moment.
 */
@FunctionalInterface
public interface AccessPolicy {

    /**
     * Whether somebody may do something. Called by threads of the application and by the
     * event loop of the node: it must answer from memory, within
     * {@link AccessRules#MAX_APPLICATION_TIME}. What takes longer, or throws, is a no, and is told; the same question is asked
     * again after {@link AccessRules#APPLICATION_RETRY}.
     *
     * @param subject who asks
     * @param action what it wants to do
     * @param object with what: a topic, {@code service/method}, or a service
     */
    boolean permits(Subject subject, Action action, String object);
}
