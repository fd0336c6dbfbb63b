package io.chaski.examples.fileshare;

import io.chaski.core.Address;
import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.examples.terminal.Terminal;
import io.chaski.examples.terminal.Waiting;
import io.chaski.remote.CallOptions;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.Outcome;
import io.chaski.remote.RemoteCall;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FileOffer;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.ReceivedFile;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One peer: it shares a directory, tells others what is in it, finds what they have, and fetches it from all of them that have
 * it. Presence on a topic says who is online, served interfaces what there is, and the file exchange brings it. Thread-safe.
 */
final class SharingPeer implements AutoCloseable {

    private static final String CLUSTER = "file-share";
    private static final String FILES = "file-management";
    private static final String DISCOVERY = "discovery";

    /** Nothing is said on it: who subscribes is online. */
    private static final Topic<String> PEERS = Topic.text("peers").presence(true);

    /** Who has not answered by then is left out; a person waits. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);

    /** A file of the largest size that others take is through by then on any line that is of use. */
    private static final Duration UPLOAD_LIMIT = Duration.ofMinutes(10);

    private final ChaskiNode node;
    private final ChaskiRemote remote;
    private final FileExchange exchange;
    private final SharedFolder folder;
    private final KnownPeers peers;
    private final long uploadLimitBytes;
    private final Consumer<String> notices;
    private final Map<String, CompletableFuture<ReceivedFile>> downloads = new HashMap<>();

    private SharingPeer(ChaskiNode node, SharedFolder folder, long uploadLimitBytes, Consumer<String> notices) {
        this.node = node;
        this.folder = folder;
        this.uploadLimitBytes = uploadLimitBytes;
        this.notices = notices;
        this.exchange = FileExchange.on(node); // this and all that follows ends with the node
        this.remote = ChaskiRemote.on(node);
        node.subscribe(PEERS, nothing -> {});
        this.peers = new KnownPeers(node.id(), node.presence(PEERS), notices);
    }

    /**
     * Starts a peer, which is online when this returns.
     *
     * @param notices hears, in sentences, what happens without being asked for; called on any thread
     * @throws io.chaski.core.ChaskiException if it cannot listen
     */
    static SharingPeer start(Settings settings, Consumer<String> notices) throws IOException, InterruptedException {
        SharedFolder folder = new SharedFolder(settings.shared());
        int leftovers = folder.removeLeftovers();
        if (leftovers > 0) {
            notices.accept("removed " + leftovers + " unfinished uploads of a peer that was killed");
        }
        Bootstrap begun = Bootstrap.start(
                () -> ChaskiNode.builder().name(settings.name()).cluster(CLUSTER),
                settings.bootstrap(),
                settings.listen());
        boolean isStarted = false;
        try {
            SharingPeer peer = new SharingPeer(begun.node(), folder, settings.uploadLimitBytes(), notices);
            begun.refusals().forEach(why -> notices.accept("not at a place of the list: " + why));
            notices.accept((begun.isAlone() ? "nobody answers: this peer is a bootstrap, at " : "this peer is at ")
                    + peer.address());
            peer.serve();
            if (!begun.isAlone()) {
                peer.greet();
            }
            isStarted = true;
            return peer;
        } finally {
            if (!isStarted) {
                begun.node().close();
            }
        }
    }

    // ---- the server

    private void serve() {
        // #region serve
        exchange.share(folder.path());
        exchange.acceptFiles(uploadsFor(node.id()), folder.path(), this::decide, this::onUpload);
        remote.serve(FILES, FileManagement.class, new OwnFiles(exchange));
        remote.serve(DISCOVERY, Discovery.class, () -> new Welcome(node.name(), peers.all()));
        // #endregion
    }

    private static String uploadsFor(NodeId peer) {
        return "uploads/" + peer;
    }

    private FileDecision decide(FileOffer offer) {
        return offer.size() <= uploadLimitBytes
                ? FileDecision.accept()
                : FileDecision.refuse(SharedFolder.limit(uploadLimitBytes));
    }

    private void onUpload(FileEvent event) {
        if (event instanceof FileEvent.Completed done) {
            notices.accept(Terminal.printable(done.offer().senderName()) + " has uploaded "
                    + done.offer().name() + ", " + Terminal.size(done.offer().size()));
        }
    }

    // ---- the client

    /** Asks somebody who is there for the others. They come by presence too, so it is no reason to end if nobody answers. */
    private void greet() throws InterruptedException {
        try {
            ask();
        } catch (ChaskiException noWelcome) {
            notices.accept("nobody has welcomed this peer: " + Terminal.printable(noWelcome.toString()));
        }
    }

    private void ask() throws InterruptedException {
        remote.awaitService(DISCOVERY, 1, CONNECT_LIMIT);
        Welcome welcome = remote.proxy(
                        DISCOVERY,
                        Discovery.class,
                        CallOptions.builder()
                                .deadline(CONNECT_LIMIT)
                                .attempts(CallOptions.MAX_ATTEMPTS) // the one that is known so far may have gone
                                .build())
                .hello();
        welcome.peers().forEach(known -> peers.remember(known.id(), known.name()));
        long online = welcome.peers().stream()
                .filter(known -> known.isOnline() && !known.id().equals(node.id()))
                .count();
        notices.accept("welcome by " + Terminal.printable(welcome.host()) + ": " + online + " online, "
                + FoundFile.count(search("*")));
    }

    /** Where others find it. */
    Address address() {
        return node.addresses().get(0);
    }

    /** Its name. */
    String name() {
        return node.name();
    }

    /** Largest file that is stored. */
    long uploadLimitBytes() {
        return uploadLimitBytes;
    }

    /** Content of files that others have had from it. */
    long givenBytes() {
        return exchange.snapshot().bytesSent();
    }

    /** All peers that are known, this one and those that are offline as well. */
    List<KnownPeer> peers() {
        return peers.all();
    }

    /**
     * Connects to a node; the file share that it belongs to and this one become one.
     *
     * @return its name
     */
    String connect(Address address) throws InterruptedException {
        return await(node.connect(address), CONNECT_LIMIT).name();
    }

    /**
     * Finds files of all peers, this one included, by name. Peers that do not answer in time are left out.
     *
     * @param pattern as {@link FileExchange#find}
     * @return by name
     * @throws IllegalArgumentException if the pattern is too long
     */
    List<FoundFile> search(String pattern) throws InterruptedException {
        Map<Content, FoundFile> found = new HashMap<>();
        ask(files -> files.search(pattern), new OwnFiles(exchange).search(pattern))
                .forEach((holder, files) -> {
                    Set<Content> counted = new HashSet<>(); // who has it twice, or says so, is one holder
                    files.stream()
                            .filter(file -> counted.add(content(file)))
                            .forEach(file -> found.merge(content(file), found(file, holder), SharingPeer::merge));
                });
        return found.values().stream()
                .sorted(Comparator.comparing(FoundFile::name).thenComparing(FoundFile::hash))
                .toList();
    }

    /** What is one file, whatever its names. Who tells another size of a hash does not change what the others tell. */
    private record Content(String hash, long size) {}

    private static Content content(FileInfo file) {
        return new Content(file.hash(), file.size());
    }

    /** The file of a hash, if anybody shares it. Its size is what one of them says: there may be liars. */
    Optional<FoundFile> find(String hash) throws InterruptedException {
        return ask(files -> files.find(hash), new OwnFiles(exchange).find(hash)).entrySet().stream()
                .flatMap(answer -> answer.getValue().stream().map(file -> found(file, answer.getKey())))
                .reduce(SharingPeer::merge);
    }

    /** What each peer answers that answers in time, this one first. */
    private <T> Map<Holder, T> ask(RemoteCall<FileManagement, T> question, T own) {
        Map<Holder, T> answers = new LinkedHashMap<>();
        answers.put(new Holder(node.id(), node.name()), own);
        // #region ask
        remote.all(FILES, FileManagement.class)
                .with(CallOptions.within(ANSWER_LIMIT))
                .call(question)
                .toMap()
                .join()
                .forEach((provider, outcome) -> {
                    if (outcome instanceof Outcome.Value<T> answer && isWhole(answer.value())) {
                        answers.put(new Holder(provider.node(), provider.nodeName()), answer.value());
                    }
                });
        // #endregion
        return answers;
    }

    /** JSON has nulls, and a peer may say them where there should be something. */
    private static boolean isWhole(@Nullable Object answer) {
        return answer instanceof List<?> list ? list.stream().noneMatch(Objects::isNull) : answer != null;
    }

    private record Holder(NodeId id, String name) {}

    private static FoundFile found(FileInfo file, Holder holder) {
        return new FoundFile(file.name(), file.size(), file.hash(), List.of(holder.name()));
    }

    private static FoundFile merge(FoundFile one, FoundFile other) {
        FoundFile first = one.name().compareTo(other.name()) <= 0 ? one : other;
        List<String> holders = Stream.concat(one.holders().stream(), other.holders().stream())
                .sorted()
                .toList();
        return new FoundFile(first.name(), first.size(), first.hash(), holders);
    }

    /**
     * Brings a file into the shared directory, from all peers that have it, unless it is there. Waits for it; of several who want the
     * same file at a time each gets the one that is brought.
     *
     * @param hash of the file
     * @param listener hears how far it is, unless somebody else has asked for it before
     * @throws TransferFailedException if it was not brought
     */
    LocalFile download(String hash, Consumer<FileEvent> listener) throws InterruptedException {
        Optional<LocalFile> own = ownFile(hash);
        if (own.isPresent()) {
            return own.get();
        }
        ReceivedFile brought =
                await(fetch(hash, listener), Duration.ofDays(1)); // it ends by itself when nobody gives anything of it
        return new LocalFile(brought.path(), brought.offer().size());
    }

    /** The file of a hash, if it is here. */
    Optional<LocalFile> ownFile(String hash) {
        return new OwnFiles(exchange)
                .find(hash)
                .map(own -> new LocalFile(folder.path().resolve(own.name()), own.size()));
    }

    /**
     * A file of the shared directory whose content has the hash that was asked for.
     *
     * @param path where it is
     * @param size in bytes, whatever others say of it
     */
    record LocalFile(Path path, long size) {}

    private CompletableFuture<ReceivedFile> fetch(String hash, Consumer<FileEvent> listener) {
        synchronized (downloads) {
            downloads.values().removeIf(CompletableFuture::isDone);
            return downloads.computeIfAbsent(
                    hash, wanted -> exchange.fetch(wanted, folder.path(), ANSWER_LIMIT, listener));
        }
    }

    /**
     * Gives a copy of a file to a peer, which may refuse it.
     *
     * @throws TransferFailedException if it was refused, or has not arrived
     */
    void upload(Path file, NodeId to) throws InterruptedException {
        try (FilePush push = exchange.pushFile(uploadsFor(to), file)) {
            Optional<FilePush.Answer> answer = Optional.empty();
            for (int answers = 1; answer.isEmpty(); answers++) { // others may speak on that topic too, but not for it
                await(push.answeredBy(answers), UPLOAD_LIMIT);
                answer = Optional.ofNullable(push.answers().get(to))
                        .filter(said -> said.state() != FilePush.State.ACCEPTED);
            }
            if (answer.get().state() != FilePush.State.COMPLETED) {
                FileProblem problem = answer.get().problem().orElse(FileProblem.OTHER);
                String detail = problem == FileProblem.EXISTS
                        ? "it has another file of that name"
                        : answer.get().detail();
                throw new TransferFailedException(problem, detail, null);
            }
        }
    }

    /** Puts a copy of a file of this machine into the shared directory. */
    Path share(Path file) throws IOException, NotShared {
        try (InputStream content = Files.newInputStream(file)) {
            return folder.add(String.valueOf(file.getFileName()), content, Long.MAX_VALUE);
        }
    }

    /** Says whether {@link #store} would take a name. */
    void requireFree(String name) throws NotShared {
        folder.requireFree(name);
    }

    /** Puts content that comes from somewhere else into the shared directory. */
    FileInfo store(String name, InputStream content) throws IOException, NotShared {
        DigestInputStream hashed = new DigestInputStream(content, sha256());
        Path file = folder.add(name, hashed, uploadLimitBytes);
        String hash = HexFormat.of().formatHex(hashed.getMessageDigest().digest());
        return new FileInfo(name, Files.size(file), hash);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }

    private static <T> T await(CompletableFuture<T> answer, Duration limit) throws InterruptedException {
        return Waiting.await(answer, limit, "no answer");
    }

    /** Goes offline. Does nothing the second time. */
    @Override
    public void close() {
        node.close();
    }
}
