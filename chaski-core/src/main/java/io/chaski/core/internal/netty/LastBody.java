package io.chaski.core.internal.netty;

import io.chaski.core.internal.runtime.TaskLoop;
import io.chaski.core.internal.wire.ArrayPayload;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the last body that was not small, in the buffer of the connection that it was copied for: the others that the
 * message goes to in the same turn send them from there instead of copying them again. Confined to the loop.
 */
final class LastBody {

    private final TaskLoop loop;
    private @Nullable ArrayPayload body;
    private @Nullable ByteBuf bytes;

    /**
     * Knows nothing.
     *
     * @param loop whose turns end
     */
    LastBody(TaskLoop loop) {
        this.loop = loop;
    }

    /**
     * The bytes of a body, which the caller releases.
     *
     * @param wanted what is to be sent
     * @return null if they have to be copied
     */
    @Nullable
    ByteBuf find(ArrayPayload wanted) {
        ByteBuf present = bytes;
        return present != null && body != null && body.isSameAs(wanted) ? present.retainedDuplicate() : null;
    }

    /**
     * Remembers where the bytes of a body are, until the end of the turn.
     *
     * @param copied the body
     * @param buffer of the caller, which may release it meanwhile; these bytes of it do not change any more
     * @param index of the first byte
     */
    void keep(ArrayPayload copied, ByteBuf buffer, int index) {
        if (bytes == null && !loop.execute(this::forget)) {
            return; // no turn will end any more
        }
        forget();
        bytes = buffer.retainedSlice(index, copied.size());
        body = copied;
    }

    private void forget() {
        ByteBuf present = bytes;
        bytes = null;
        body = null;
        if (present != null) {
            present.release();
        }
    }
}
