package io.chaski.remote.internal.context;

import org.jspecify.annotations.Nullable;

/** The life of what a call has brought along: calls made in it have the deadline of that call, and end with it. Thread-safe. */
public final class CallLife {

    private final CurrentCall call;
    private final CallScope scope = new CallScope();
    private final Runnable cancel = scope::cancel;
    private final CurrentCall inside;
    private volatile boolean isOver;

    /**
     * The life of one call.
     *
     * @param call that is executed
     */
    public CallLife(CurrentCall call) {
        this.call = call;
        this.inside = call.with(scope);
        call.scope().add(cancel);
    }

    /**
     * Runs something as part of the call, on whatever thread.
     *
     * @param task what to do
     * @throws IllegalStateException if the call is over
     * @throws Throwable what the task throws
     */
    public @Nullable Object run(CurrentCall.Task task) throws Throwable {
        if (isOver) {
            throw new IllegalStateException("the call of " + call.service() + "." + call.method()
                    + " that brought this callback is over, and so is the callback");
        }
        return inside.call(task);
    }

    /** The call is over: what still runs of it is cancelled. */
    public void end() {
        isOver = true;
        call.scope().remove(cancel);
        scope.cancel();
    }
}
