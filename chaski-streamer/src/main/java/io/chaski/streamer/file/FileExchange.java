package io.chaski.streamer.file;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ProbeResult;
import io.chaski.core.Registration;
import io.chaski.streamer.internal.file.Exchange;
import io.chaski.streamer.internal.file.FileDigest;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The files of one node: it pushes them on topics, receives those it wants, shares directories and fetches what others share.
 *
 * <p>What is pushed is announced to all nodes that take part in files on the topic, over any number of hops. Receivers pull the
 * content from the publisher, and from any other receiver that has some of it, in chunks that are verified one by one. A
 * receiver that is killed goes on where it was when it accepts files into the same directory again. A file gets its name, in
 * one step, when its SHA-256 is that of the offer, and not before.
 *
 * <p>Sources of content must be nodes that {@link io.chaski.core.stream.NodeStreams#open} reaches; a receiver that cannot
 * reach the publisher gets the file from one in between that takes it.
 *
 * <p>Thread-safe. Of a node there is one. Listeners, and dependents of futures, run on threads of the exchange; they may
 * block, but not for ever: there are four.
 */
public final class FileExchange implements AutoCloseable {

    private final Exchange exchange;

    private FileExchange(Exchange exchange) {
        this.exchange = exchange;
    }

    /**
     * The files of a node, with the default options. Ends with the node.
     *
     * @param node any node
     * @throws IllegalStateException if it has a file exchange already
     * @throws io.chaski.core.NodeClosedException if it is closed
     */
    public static FileExchange on(ChaskiNode node) {
        return on(node, FileOptions.DEFAULTS);
    }

    /**
     * The files of a node. Ends with the node.
     *
     * @param node any node
     * @param options bounds
     * @throws IllegalStateException if it has a file exchange already
     * @throws io.chaski.core.NodeClosedException if it is closed
     */
    public static FileExchange on(ChaskiNode node, FileOptions options) {
        return new FileExchange(Exchange.on(node, options));
    }

    /**
     * Offers a file under its own name, until the push is closed. Does not wait: the file is read in the background. It must
     * stay as it is while it is offered; if it changes, the offer is taken back. So is an earlier push of this node that has
     * the same name on the topic, once the new one has been read: of two versions the later one is what receivers get.
     *
     * @param topic where, at most 249 bytes and 15 levels, otherwise as {@link io.chaski.core.Topic#text}; the same name may be
     *     used for messages, for which nothing changes
     * @param file a regular file, or a link to one
     * @param metadata what receivers are told of it, at most 32 pairs of 4 KiB in all
     * @throws IllegalArgumentException if there is no such file, its name breaks the rules of {@link FileOffer#name()}, or the
     *     topic's name or the metadata do
     * @throws TransferFailedException {@link FileProblem#LIMIT} if 10,000 files are offered on the topic
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not send files of the topic, or not publish and
     *     subscribe on {@code files/} with its name behind it, where files of it are spoken of
     * @throws IllegalStateException if the exchange is closed
     */
    public FilePush pushFile(String topic, Path file, Map<String, String> metadata) {
        return exchange.pushFile(topic, file, Exchange.offeredName(file), metadata);
    }

    /**
     * As {@link #pushFile(String, Path, Map)}, without metadata.
     *
     * @param topic where
     * @param file which file
     */
    public FilePush pushFile(String topic, Path file) {
        return pushFile(topic, file, Map.of());
    }

    /**
     * As {@link #pushFile(String, Path, Map)}, under another name.
     *
     * @param topic where
     * @param file which file
     * @param name under the rules of {@link FileOffer#name()}
     * @param metadata what receivers are told of it
     */
    public FilePush pushFile(String topic, Path file, String name, Map<String, String> metadata) {
        return exchange.pushFile(topic, file, name, metadata);
    }

    /**
     * Offers content that is in no file, such as that of a stream ({@link java.nio.channels.Channels#newChannel}). Reads it to its
     * end first, into a temporary file that is removed when the push ends; waits as long as that takes.
     *
     * @param topic where, as in {@link #pushFile(String, Path, Map)}
     * @param content read from where it is, and not closed
     * @param name under the rules of {@link FileOffer#name()}
     * @param metadata what receivers are told of it
     * @throws IOException if the content cannot be read or the temporary file not be written; nothing is offered then
     * @throws TransferFailedException {@link FileProblem#NO_SPACE} if the disk of temporary files would become fuller than
     *     {@link FileOptions} allows; otherwise as for {@link #pushFile(String, Path, Map)}
     * @throws IllegalArgumentException as there
     * @throws java.nio.channels.IllegalBlockingModeException if the channel does not block
     */
    public FilePush pushFile(String topic, ReadableByteChannel content, String name, Map<String, String> metadata)
            throws IOException {
        return exchange.pushFile(topic, content, name, metadata);
    }

    /**
     * Offers each regular file below a directory, or one that a link leads to, under its path from there: all or none. Waits
     * while the names of the files are read. Symbolic links, other special files and empty directories are left out.
     *
     * @param topic where
     * @param directory the top, whose own name does not travel
     * @param metadata what receivers are told of each file
     * @return one push for each file, in the order of their paths
     * @throws IllegalArgumentException if a path breaks the rules of {@link FileOffer#name()}; then nothing is offered
     * @throws TransferFailedException {@link FileProblem#DISK_FAILED} if a directory cannot be read; otherwise as for
     *     {@link #pushFile(String, Path, Map)}
     */
    public List<FilePush> pushDirectory(String topic, Path directory, Map<String, String> metadata) {
        return exchange.pushDirectory(topic, directory, metadata);
    }

    /**
     * Whether a node takes part in the files of a topic: it accepts some, or pushes some, or did so a few seconds ago.
     *
     * @param probe what {@link ChaskiNode#probe} has said of it
     * @param topic as in {@link #pushFile(String, Path, Map)}
     * @return false as well if the node has more topics than it told of
     * @throws IllegalArgumentException if that is no name of a topic
     */
    public static boolean takesPart(ProbeResult probe, String topic) {
        return Exchange.takesPart(probe, topic);
    }

    /**
     * Receives files. Without this call a node receives none. What an earlier run has left unfinished in the directory is gone
     * on with, if the policy still wants it.
     *
     * @param topic as in {@link #pushFile(String, Path, Map)}
     * @param directory where to; made if it is not there. Several topics may share one
     * @param policy decides about each file
     * @param listener hears what becomes of each file; what it throws is logged
     * @return ends it; files on their way end with {@link FileProblem#CLOSED} and can be gone on with, and what has arrived is
     *     not given on to others any more
     * @throws TransferFailedException {@link FileProblem#DISK_FAILED} if the directory cannot be made
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not receive files of the topic, or not publish and
     *     subscribe on {@code files/} with its name behind it, where files of it are spoken of
     * @throws IllegalStateException if the exchange is closed
     */
    public Registration acceptFiles(
            String topic, Path directory, FilePolicy policy, Consumer<? super FileEvent> listener) {
        return exchange.acceptFiles(topic, directory, policy, listener);
    }

    /**
     * As {@link #acceptFiles(String, Path, FilePolicy, Consumer)}, for who only looks into the directory.
     *
     * @param topic as there
     * @param directory as there
     * @param policy as there
     */
    public Registration acceptFiles(String topic, Path directory, FilePolicy policy) {
        return acceptFiles(topic, directory, policy, event -> {});
    }

    /**
     * Gives up a file that is on its way or waits for its turn. Does not wait: what is left of the file is removed, the listener
     * hears {@link FileEvent.Failed} with {@link FileProblem#CANCELLED}, or {@link FileEvent.Completed} if the file was
     * complete by then, and the publisher hears the same. The push is not looked at again, however often it is repeated,
     * until files of the topic are accepted anew. If several registrations receive the offer, all give it up. A file that is
     * fetched is given up by its future instead.
     *
     * @param offer as an event or the policy has it
     * @return whether it was on its way or waited
     */
    public boolean cancel(FileOffer offer) {
        return exchange.cancel(offer);
    }

    /** What this exchange is doing and has done; also when it is closed. Cheap enough to be asked each second. */
    public FileSnapshot snapshot() {
        return exchange.snapshot();
    }

    /**
     * Lets all nodes that this one is connected to list and fetch the files below a directory: the first 10,000 regular files
     * whose paths obey the rules of {@link FileOffer#name()}. Does not wait; the files are read in the background, and looked
     * at again whenever somebody asks.
     *
     * @param directory the top
     * @return ends it
     * @throws IllegalArgumentException if there is no such directory
     * @throws IllegalStateException if the exchange is closed
     */
    public Registration share(Path directory) {
        return exchange.share(directory);
    }

    /**
     * Lists what the connected peers share. Peers that do not answer in time are left out, so this does not fail.
     *
     * @param limit how long to wait, longer than nothing
     * @return up to 4,096 files, or 1 MiB of names, of each peer
     */
    public CompletableFuture<List<SharedFile>> list(Duration limit) {
        return find("*", limit);
    }

    /**
     * Looks for a file by its name among those that the connected peers share.
     *
     * @param pattern with {@code *} for any run of characters and {@code ?} for any one; if it contains {@code /} it is compared
     *     with whole paths, otherwise with their last segments. At most 1,024 bytes
     * @param limit how long to wait, longer than nothing
     * @return as {@link #list}
     */
    public CompletableFuture<List<SharedFile>> find(String pattern, Duration limit) {
        return exchange.find(pattern, limit);
    }

    /**
     * Lists what this node shares itself, as peers that ask are told now. Does not wait; what is new in the directories is read
     * first.
     *
     * @param pattern as for {@link #find}
     * @return the files, with this node as {@link SharedFile#peer()}; the same content may be there under several names
     * @throws IllegalStateException if the exchange is closed; the future fails with it if that happens meanwhile
     */
    public CompletableFuture<List<SharedFile>> shared(String pattern) {
        return exchange.shared(pattern);
    }

    /**
     * Fetches a file that connected peers share, from as many of them as have it, under the name that one of them has for it.
     *
     * @param hash SHA-256 in hexadecimal digits, as in {@link SharedFile#hash()}
     * @param directory where to; made if it is not there
     * @param limit how long to wait for peers to say that they have it; the transfer itself takes as long as it takes
     * @return the file, or {@link TransferFailedException}: {@link FileProblem#NOT_FOUND} if nobody has it, and otherwise as for
     *     a file that was pushed and accepted with {@link NameClash#REFUSE}. Cancelling it, or completing it in another way, such as
     *     by {@code orTimeout}, ends the transfer
     * @throws IllegalArgumentException if the hash is not one
     * @throws TransferFailedException {@link FileProblem#DISK_FAILED} if the directory cannot be made
     */
    public CompletableFuture<ReceivedFile> fetch(String hash, Path directory, Duration limit) {
        return fetch(hash, directory, limit, event -> {});
    }

    /**
     * As {@link #fetch(String, Path, Duration)}, for who wants to see how far it is.
     *
     * @param hash as there
     * @param directory as there
     * @param limit as there
     * @param listener hears what becomes of the file; what it throws is logged. The future tells whether it is there: if peers
     *     say different things about the hash, another claim may be accepted after one that has failed, and if nobody has the
     *     file there is no event
     */
    public CompletableFuture<ReceivedFile> fetch(
            String hash, Path directory, Duration limit, Consumer<? super FileEvent> listener) {
        return exchange.fetch(hash, directory, limit, listener);
    }

    /**
     * Whether a name obeys the rules of {@link FileOffer#name()}, for programs that take names from somewhere else: below any
     * directory it is a harmless path, on every system.
     *
     * @param name any text
     */
    public static boolean isGoodName(String name) {
        return Exchange.isGoodName(name);
    }

    /**
     * Hash of a file's content.
     *
     * @param file any file that can be read
     * @param algorithm name of a {@link java.security.MessageDigest}, such as {@code SHA-256}
     * @return hexadecimal digits in lower case
     * @throws NoSuchAlgorithmException if this Java has no such algorithm
     * @throws IOException if the file cannot be read
     */
    public static String hash(Path file, String algorithm) throws NoSuchAlgorithmException, IOException {
        return FileDigest.of(file, algorithm);
    }

    /**
     * Ends everything within five seconds: pushes are not served any more, files on their way end with
     * {@link FileProblem#CLOSED} and can be gone on with by another run. Does nothing the second time. The node stays.
     */
    @Override
    public void close() {
        exchange.close();
    }
}
