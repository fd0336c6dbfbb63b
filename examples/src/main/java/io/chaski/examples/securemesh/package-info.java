/** Nodes with identities: an authority, three nodes that enrol with tokens, and a stranger that is not let in. */
@NullMarked
package io.chaski.examples.securemesh;

import org.jspecify.annotations.NullMarked;
