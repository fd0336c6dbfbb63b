package io.chaski.streamer.file;

/** Why a file was refused or did not arrive. The names travel between nodes and never change their meaning. */
public enum FileProblem {
    /** The name breaks the rules for names that come from other machines; see {@link FileOffer#name()}. */
    BAD_NAME,
    /** The receiver's {@link FilePolicy} said no, or failed. */
    REFUSED,
    /** Something else than this very file has the name already. */
    EXISTS,
    /** The disk has less free space than the options reserve, or has none. */
    NO_SPACE,
    /** The directory would hold more bytes than the options allow. */
    QUOTA_EXCEEDED,
    /** As many files wait or are offered as the options allow. */
    LIMIT,
    /** Nobody has given anything new of the file for as long as the options wait. */
    IDLE,
    /** The chunks are the announced ones, the file that they make up is not. */
    HASH_MISMATCH,
    /** The file at the publisher is not any more what was announced. */
    CHANGED,
    /** The publisher has taken the offer back. */
    WITHDRAWN,
    /** Nobody that was asked has the file. */
    NOT_FOUND,
    /** The operating system refused to read or write. */
    DISK_FAILED,
    /** The exchange, the registration or the push was closed at this node. */
    CLOSED,
    /** The receiver did not want the file any more. */
    CANCELLED,
    /** A reason of a later version. */
    OTHER
}
