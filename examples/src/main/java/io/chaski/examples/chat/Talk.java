package io.chaski.examples.chat;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.examples.terminal.Terminal;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What two say to each other, both at any time, on one stream: each message is a text. The one who waited says first, with an
 * empty message, that there is nobody else. Thread-safe.
 *
 * <pre>
 *   asked --- the empty message ---> talking --- end of the other, a broken connection ---> over
 *     any --- REFUSED ---> over: somebody else was there before
 * </pre>
 */
final class Talk implements StreamListener {

    static final String PROTOCOL = "chat/pair/1";

    private final String person;
    private final Lines lines;
    private final Terminal terminal;
    private final Runnable onOver;
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private final AtomicBoolean isOver = new AtomicBoolean();

    /**
     * A talk.
     *
     * @param other name of the other one
     * @param onOver called once, when the other one is gone; not if this one leaves first
     */
    Talk(String other, Terminal terminal, Runnable onOver) {
        this.person = Lines.person(other);
        this.lines = Lines.on(terminal);
        this.terminal = terminal;
        this.onOver = onOver;
    }

    /** Says that there is nobody else. */
    void accept(Stream stream) {
        accepted.complete(null);
        stream.offer(new byte[0]);
    }

    /** Completes when the one who waited has time; fails with {@link StreamException} if not. */
    CompletableFuture<Void> accepted() {
        return accepted;
    }

    /** Name of the other one, in its colour. */
    String other() {
        return terminal.name(person);
    }

    /** Tells the other one. */
    void say(Stream stream, String text) {
        try {
            stream.send(text.getBytes(StandardCharsets.UTF_8));
        } catch (StreamException over) {
            terminal.print(terminal.dim("not sent: " + over.code()));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it, if the other one has not. */
    void leave(Stream stream) {
        if (isOver.compareAndSet(false, true)) {
            stream.end();
        }
    }

    /** Ends it because the program is made to end, if the other one has not ended it, and lets that one know. */
    void shutDown(Stream stream) {
        if (isOver.compareAndSet(false, true)) {
            terminal.print("shutting down");
            stream.reset(StreamCode.APPLICATION, "shutting down");
        }
    }

    @Override
    public void onMessage(Stream stream, byte[] message) {
        accepted.complete(null);
        if (message.length > 0) { // the one who waited says nothing first
            terminal.print(lines.said(person, new String(message, StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void onEnd(Stream stream) {
        over("has left");
        stream.end();
    }

    @Override
    public void onFailed(Stream stream, StreamException cause) {
        if (!accepted.completeExceptionally(cause)) {
            over(cause.code() == StreamCode.APPLICATION ? "is shutting down" : "is gone, " + cause.code());
        }
    }

    private void over(String what) {
        if (isOver.compareAndSet(false, true)) {
            terminal.print(other() + terminal.dim(" " + what));
            onOver.run();
        }
    }
}
