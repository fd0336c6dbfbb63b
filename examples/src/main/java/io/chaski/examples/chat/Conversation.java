package io.chaski.examples.chat;

import java.util.List;

/** What a person can do in a chat, be it a room or a talk of two. Thread-safe. */
interface Conversation extends AutoCloseable {

    /** Tells the others. */
    void say(String text);

    /** The names of all who are here, one's own included. */
    List<String> who();

    /** What can be typed here besides. */
    default List<Command> commands() {
        return List.of();
    }

    /** Leaves because the program is made to end, and says so unless it leaves already; returns when it has left. */
    void shutDown();

    /** Leaves, and returns when it has left. */
    @Override
    void close();
}
