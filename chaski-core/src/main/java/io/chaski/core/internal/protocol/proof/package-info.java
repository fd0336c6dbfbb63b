/**
 * Proofs of origin: a publisher signs the root of a Merkle tree over a batch of messages, each message carries its way up
 * to that root. Start at {@link io.chaski.core.internal.protocol.proof.SignedBatch}, which makes proofs, and {@link
 * io.chaski.core.internal.protocol.proof.ProofCheck}, which checks them; the keys are behind {@link
 * io.chaski.core.internal.protocol.proof.OriginKeys}.
 */
@NullMarked
package io.chaski.core.internal.protocol.proof;

import org.jspecify.annotations.NullMarked;
