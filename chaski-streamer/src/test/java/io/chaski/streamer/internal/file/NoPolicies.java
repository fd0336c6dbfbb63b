package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;

/** Everybody may do everything. */
final class NoPolicies implements FileRights {

    @Override
    public void requireSend(String topic) {}

    @Override
    public void requireReceive(String topic) {}

    @Override
    public boolean mayOffer(NodeId from, String topic) {
        return true;
    }

    @Override
    public boolean mayGive(NodeId source, String topic) {
        return true;
    }
}
