package io.chaski.core.internal.protocol;

import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;

/** What state machines share where nothing is signed. */
public interface UnsignedContext extends ProtocolContext {

    @Override
    default String cluster() {
        throw new UnsupportedOperationException("nothing is signed here");
    }

    @Override
    default void onSigned(ChainHash hash, ArrayPayload chain) {
        throw new UnsupportedOperationException("nothing is signed here");
    }

    @Override
    default boolean onProved(Source source, OriginKeys.Owner owner, ChainHash hash, ArrayPayload chain) {
        throw new UnsupportedOperationException("nothing is signed here");
    }
}
