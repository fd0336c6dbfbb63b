package io.chaski.examples.chat;

/** How what is said in a room gets to the others and is shown, with or without being kept. Thread-safe. */
interface Voice extends AutoCloseable {

    /** Shows what others say from now on. */
    void begin();

    /** Tells the others. */
    void say(String text);

    /**
     * Shows what was said last.
     *
     * @param count how much of it
     */
    void showHistory(int count);

    /** Says no more, and returns when what was said is on its way. */
    @Override
    void close();
}
