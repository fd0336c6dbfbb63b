/**
 * Who may do what: policies of an authority, restrictions of a node, and the questions that a node asks them. Start at
 * {@link io.chaski.core.security.policy.Policy}; {@link io.chaski.core.security.policy.NodeAccess} gives a running node another
 * one, and {@link io.chaski.core.security.policy.AccessRules} is what it asks. Nothing here does input or output.
 */
@NullMarked
package io.chaski.core.security.policy;

import org.jspecify.annotations.NullMarked;
