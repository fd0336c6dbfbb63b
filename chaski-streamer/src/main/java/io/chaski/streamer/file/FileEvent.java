package io.chaski.streamer.file;

/**
 * What becomes of an offer at a receiver: {@link Refused}, or {@link Accepted}, any number of {@link Progress}, and then
 * {@link Completed} or {@link Failed}. Immutable.
 */
public sealed interface FileEvent {

    /** The offer it is about. */
    FileOffer offer();

    /**
     * The file is wanted. It is received at once, or as soon as fewer files are on their way.
     *
     * @param offer the file
     */
    record Accepted(FileOffer offer) implements FileEvent {}

    /**
     * The file is not received, and its sender has been told.
     *
     * @param offer the file
     * @param problem why
     * @param detail a short sentence
     */
    record Refused(FileOffer offer, FileProblem problem, String detail) implements FileEvent {}

    /**
     * More of the file is there. Told ten times a second at most, so not at all of a file that is there sooner, and skipped
     * while the listener is busy.
     *
     * @param offer the file
     * @param verifiedBytes how many bytes are there and have the right hash, those of an earlier run included
     */
    record Progress(FileOffer offer, long verifiedBytes) implements FileEvent {}

    /**
     * The file is there, whole and under its name.
     *
     * @param file where it is, and what it is
     */
    record Completed(ReceivedFile file) implements FileEvent {
        @Override
        public FileOffer offer() {
            return file.offer();
        }
    }

    /**
     * The file has not arrived. Nothing has its name because of it, and nothing is left of it but after
     * {@link FileProblem#CLOSED}, when another run can go on with what is there.
     *
     * @param offer the file
     * @param problem why
     * @param detail a short sentence
     */
    record Failed(FileOffer offer, FileProblem problem, String detail) implements FileEvent {}
}
