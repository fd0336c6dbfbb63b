package com.example.outside;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.FetchResult;
import io.chaski.streamer.PeerStorage;
import io.chaski.streamer.Storage;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.NameClash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two nodes, a file and an entry of a storage. Ends with exit code 0 if both arrive. */
public final class Exchange {

    private static final long LIMIT_SECONDS = 20;

    private Exchange() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        try (ChaskiNode a = ChaskiNode.builder().name("a").start();
                ChaskiNode b = ChaskiNode.builder()
                        .name("b")
                        .bootstrap(a.addresses().get(0).toString())
                        .start()) {
            System.out.println("received " + push(a, b, directory) + " and " + fetch(a, b, directory));
        }
    }

    private static String push(ChaskiNode from, ChaskiNode to, Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("greeting.txt"), "hello");
        CompletableFuture<Path> received = new CompletableFuture<>();
        FileExchange.on(to)
                .acceptFiles("greetings", directory.resolve("in"), FilePolicy.acceptAll(NameClash.REFUSE), event -> {
                    if (event instanceof FileEvent.Completed completed) {
                        received.complete(completed.file().path());
                    }
                });
        FileExchange.on(from).pushFile("greetings", file);
        return Files.readString(received.get(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    private static String fetch(ChaskiNode owner, ChaskiNode asker, Path directory) throws Exception {
        try (Storage storage = Storage.open(directory.resolve("storage.db"))) {
            storage.put("name", "world");
            storage.serve(owner, (node, key, access) -> true);
            FetchResult result = PeerStorage.on(asker).fetch("name").get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return result.entry().orElseThrow().as(String.class);
        }
    }
}
