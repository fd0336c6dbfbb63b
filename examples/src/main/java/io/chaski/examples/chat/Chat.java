package io.chaski.examples.chat;

import io.chaski.core.ChaskiException;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.examples.terminal.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A person in a chat: a room for any number of people without a server, or a talk of two. */
public final class Chat {

    private static final int FAILED = 1;
    private static final int FULL = 3;

    /** Nobody types more, a stream takes no more than a MiB, and a page of what was said no more than a few. */
    private static final int MAX_BYTES = 64 << 10;

    private Chat() {}

    /**
     * Runs until the person leaves, or the chat is over.
     *
     * @param arguments see {@link ChatOptions#USAGE}
     */
    public static void main(String[] arguments) throws Exception {
        ChatOptions options;
        try {
            options = ChatOptions.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(ChatOptions.USAGE);
            System.exit(2);
            return;
        }
        System.exit(run(options, Terminal.ofThisProcess()));
    }

    private static int run(ChatOptions options, Terminal terminal) throws IOException, InterruptedException {
        Conversation opened;
        try {
            opened = options.open(terminal, Chat::end);
        } catch (StreamException e) {
            boolean isFull = e.code() == StreamCode.REFUSED;
            terminal.print(isFull ? "the chat is full: two are talking already" : "cannot begin: " + e.code());
            return isFull ? FULL : FAILED;
        } catch (ChaskiException e) {
            terminal.print("cannot begin: " + reason(e));
            return FAILED;
        }
        try (Conversation chat = opened) {
            // Ctrl-C, SIGTERM: the others hear it from us and not from a broken connection. After a proper end it says
            // nothing.
            Runtime.getRuntime().addShutdownHook(new Thread(chat::shutDown, "shutdown"));
            talk(options.name(), chat, terminal);
            return 0;
        }
    }

    private static String reason(Exception e) {
        return Terminal.printable(String.valueOf(e.getMessage()));
    }

    /** Whoever reads what is typed cannot be woken up. Of its own thread, since the end waits for callbacks. */
    private static void end() {
        new Thread(() -> System.exit(0), "end").start();
    }

    /** Does what is typed until the person leaves. */
    static void talk(String name, Conversation chat, Terminal terminal) throws IOException {
        String prompt = terminal.name(name) + "> ";
        for (String line = terminal.read(prompt); line != null; line = terminal.read(prompt)) {
            if (line.strip().equals("/quit")) {
                return;
            }
            obey(line, chat, terminal);
        }
    }

    private static void obey(String line, Conversation chat, Terminal terminal) {
        List<String> words = List.of(line.strip().split("\\s+"));
        String command = words.get(0);
        if (!command.startsWith("/")) {
            if (!line.isBlank()) {
                say(line, chat, terminal);
            }
            return;
        }
        Optional<Command> here = chat.commands().stream()
                .filter(each -> each.name().equals(command))
                .findFirst();
        if (command.equals("/who")) {
            terminal.print(terminal.dim("here: ") + String.join(", ", chat.who()));
        } else if (command.equals("/help")) {
            help(chat).forEach(each -> terminal.print(terminal.dim(each)));
        } else if (here.isPresent()) {
            try {
                here.get().action().accept(words.subList(1, words.size()));
            } catch (IllegalArgumentException | IllegalStateException | ChaskiException e) {
                terminal.print(command + ": " + reason(e));
            }
        } else {
            terminal.print("unknown command " + Terminal.printable(command) + "; /help lists those there are");
        }
    }

    private static void say(String text, Conversation chat, Terminal terminal) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            terminal.print("not said: " + bytes + " bytes are too long");
            return;
        }
        try {
            chat.say(text);
        } catch (IllegalStateException | ChaskiException e) { // such as that of a topic whose disk is full
            terminal.print("not said: " + reason(e));
        }
    }

    private static List<String> help(Conversation chat) {
        List<String> lines = new ArrayList<>(List.of("/who says who is here", "/quit leaves"));
        chat.commands().forEach(each -> lines.add(each.name() + " " + each.help()));
        return lines;
    }
}
