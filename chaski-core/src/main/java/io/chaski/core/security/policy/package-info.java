/**
 * Who may do what: policies of an authority, restrictions of a node, and the questions that a node asks them. Start at
 * {@link io.chaski.core.security.policy.Policy}, then {@link io.chaski.core.security.policy.AccessRules}, which is what a
 * node asks. Nothing here does input or output.
 */
@NullMarked
package io.chaski.core.security.policy;

import org.jspecify.annotations.NullMarked;
