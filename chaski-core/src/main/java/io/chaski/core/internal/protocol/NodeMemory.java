package io.chaski.core.internal.protocol;

/**
 * What all topics of a node may keep of messages together. Two budgets, because a cache that fills up costs others a
 * repair, and hold-back that cannot grow costs this node a gap: the first must not eat up the second. Confined to the
 * node's event loop.
 *
 * @param cached for payload caches: what they keep, and their places, used or not
 * @param held for messages held back behind a gap
 */
public record NodeMemory(MemoryBudget cached, MemoryBudget held) {

    /**
     * Nothing taken.
     *
     * @param context of the node
     */
    public static NodeMemory of(ProtocolContext context) {
        MemorySettings settings = context.settings().memory();
        return new NodeMemory(
                new MemoryBudget(context, "memory.cache", "bytes of cached payloads", settings.cachedBytes()),
                new MemoryBudget(context, "memory.held", "bytes of messages held back", settings.heldBytes()));
    }
}
