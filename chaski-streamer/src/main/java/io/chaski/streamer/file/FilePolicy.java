package io.chaski.streamer.file;

/** Decides for each offer whether this node wants the file. Before it says yes, nothing of the file is asked for. */
@FunctionalInterface
public interface FilePolicy {

    /**
     * Decides. Asked once for each push, again for an unfinished file after a restart, and again
     * for a push that failed because of something that may pass, such as a full disk. Called on threads that it
     * may hold up, one offer of a topic after the other. What it throws is logged and refuses the file.
     *
     * @param offer what is offered; its name obeys the rules, its size and hash are what the sender claims
     */
    FileDecision decide(FileOffer offer);

    /**
     * Accepts everything within the limits of the options.
     *
     * @param nameClash what to do if something has the name of a file
     */
    static FilePolicy acceptAll(NameClash nameClash) {
        FileDecision always = FileDecision.accept(nameClash);
        return offer -> always;
    }
}
