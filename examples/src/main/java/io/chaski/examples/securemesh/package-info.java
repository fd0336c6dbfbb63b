/**
 * Nodes with identities, each in a process of its own: an authority, three nodes that enrol with tokens, a stranger that is not
 * let in, and a node that is revoked while it talks. Start at {@code SecureMesh}.
 */
@NullMarked
package io.chaski.examples.securemesh;

import org.jspecify.annotations.NullMarked;
