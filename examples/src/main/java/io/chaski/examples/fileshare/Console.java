package io.chaski.examples.fileshare;

import io.chaski.core.Address;
import io.chaski.core.ChaskiException;
import io.chaski.examples.fileshare.SharingPeer.LocalFile;
import io.chaski.examples.terminal.Terminal;
import io.chaski.streamer.file.FileEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a person tells a peer to do. */
final class Console {

    private static final String HELP = """
            connect HOST:PORT     connects to a peer
            list peers            who is online, and who was
            list files            all files of all peers
            search PATTERN        those whose name matches, with * and ?
            download FILE         by name or hash, from all that have it, into the shared directory
            upload FILE PEER      gives a copy of a file of this machine to a peer
            share FILE            puts a copy of a file of this machine into the shared directory
            exit""";

    /** Shorter beginnings of a hash are taken for names. */
    private static final int SHOWN_DIGITS = 12;

    private final SharingPeer peer;
    private final Terminal terminal;

    Console(SharingPeer peer, Terminal terminal) {
        this.peer = peer;
        this.terminal = terminal;
    }

    /** Obeys until it is told to exit, or hears no more. */
    void run() throws IOException, InterruptedException {
        obeyAll();
        terminal.print("given to others: " + Terminal.size(peer.givenBytes()));
    }

    private void obeyAll() throws IOException, InterruptedException {
        String prompt = terminal.name(peer.name()) + "> ";
        for (String line = terminal.read(prompt); line != null; line = terminal.read(prompt)) {
            if (line.strip().equals("exit")) {
                return;
            }
            if (!line.isBlank()) {
                obey(line.strip());
            }
        }
    }

    private void obey(String line) throws InterruptedException {
        int space = line.indexOf(' ');
        String command = space < 0 ? line : line.substring(0, space);
        String rest = space < 0 ? "" : line.substring(space + 1).strip();
        try {
            switch (command) {
                case "connect" -> terminal.print("connected to " + terminal.name(peer.connect(Address.parse(rest))));
                case "list" -> list(rest);
                case "search" -> show(peer.search(rest));
                case "download" -> download(rest);
                case "upload" -> upload(rest);
                case "share" ->
                    terminal.print("shared " + peer.share(file(rest)).getFileName());
                case "help" -> terminal.print(HELP);
                default ->
                    terminal.print("unknown command " + Terminal.printable(command) + "; help lists those there are");
            }
        } catch (IllegalArgumentException | ChaskiException | IOException | NotShared e) {
            terminal.print(command + ": " + Terminal.printable(String.valueOf(e.getMessage())));
        }
    }

    private void list(String what) throws InterruptedException {
        switch (what) {
            case "peers" ->
                peer.peers()
                        .forEach(known -> terminal.print(terminal.name(known.name()) + " "
                                + known.id().shortForm() + (known.isOnline() ? " online" : " offline")));
            case "files" -> show(peer.search("*"));
            default -> throw new IllegalArgumentException("list peers, or list files");
        }
    }

    private void show(List<FoundFile> files) {
        files.forEach(file -> terminal.print(Terminal.printable(file.name()) + ", " + Terminal.size(file.size()) + ", "
                + file.hash().substring(0, SHOWN_DIGITS) + ", at "
                + String.join(" ", file.holders().stream().map(terminal::name).toList())));
        terminal.print(terminal.dim(FoundFile.count(files)));
    }

    private void download(String wanted) throws InterruptedException {
        String hash = one(wanted);
        int holders = peer.find(hash).map(file -> file.holders().size()).orElse(0);
        String name = Terminal.printable(wanted);
        LocalFile local = peer.download(hash, event -> {
            if (event instanceof FileEvent.Progress progress) {
                terminal.standing(ProgressBar.of(
                        name, progress.verifiedBytes(), progress.offer().size()));
            }
        });
        terminal.print("downloaded " + local.path().getFileName() + ", " + Terminal.size(local.size())
                + ", SHA-256 verified, of " + holders + " holders");
    }

    private String one(String wanted) throws InterruptedException {
        if (FileInfo.HASH.matcher(wanted).matches() && peer.find(wanted).isPresent()) {
            return wanted; // also if it is one of more files than a search tells
        }
        List<String> hashes = wanted.matches("[0-9a-f]{" + SHOWN_DIGITS + ",63}")
                ? hashes(peer.search("*").stream().filter(file -> file.hash().startsWith(wanted)))
                : List.of();
        if (hashes.isEmpty()) {
            hashes = hashes(peer.search(wanted).stream());
        }
        if (hashes.size() != 1) {
            throw new IllegalArgumentException(
                    hashes.isEmpty()
                            ? "nobody shares " + wanted
                            : hashes.size() + " files have this name; say its hash");
        }
        return hashes.get(0);
    }

    /** A file may be found several times, if somebody says another size of it. */
    private static List<String> hashes(Stream<FoundFile> files) {
        return files.map(FoundFile::hash).distinct().toList();
    }

    private void upload(String words) throws InterruptedException {
        int space = words.lastIndexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("upload FILE PEER");
        }
        String name = words.substring(space + 1);
        List<KnownPeer> named = peer.peers().stream()
                .filter(known -> known.isOnline()
                        && (known.name().equals(name) || known.id().shortForm().equals(name)))
                .toList();
        if (named.size() != 1) {
            throw new IllegalArgumentException(
                    named.isEmpty()
                            ? "no peer " + name + " is online"
                            : "several peers have this name; say the digits behind it");
        }
        Path file = file(words.substring(0, space).strip());
        peer.upload(file, named.get(0).id());
        terminal.print("uploaded " + file.getFileName() + " to "
                + terminal.name(named.get(0).name()));
    }

    private static Path file(String text) {
        Path file = Path.of(text);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("no such file: " + text);
        }
        return file;
    }
}
