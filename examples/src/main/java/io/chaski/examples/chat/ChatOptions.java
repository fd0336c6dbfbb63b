package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.examples.terminal.Terminal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The command line of {@link Chat}.
 *
 * @param name of the person
 * @param address where to listen, or with a talk of two and without {@code --server} where the other one does
 * @param room the room; a talk of two if empty
 * @param join any members of the room
 * @param isServer in a talk of two, who waits for the other
 */
record ChatOptions(String name, Address address, Optional<String> room, List<Address> join, boolean isServer) {

    static final String USAGE = """
            usage: chat --name NAME --room ROOM [--join HOST:PORT]... [--ip ADDRESS] [--port PORT]
                   chat --name NAME --server [--ip ADDRESS] [--port PORT]
                   chat --name NAME --port PORT [--ip ADDRESS]
            The first enters a room, whose members are found through any of them. The second waits for one other person,
            the third is that person. --ip is 127.0.0.1 if not given, --port a free one where somebody listens.""";

    private static final String LOOPBACK = "127.0.0.1";

    ChatOptions {
        join = List.copyOf(join);
        if (name.isBlank()) {
            throw new IllegalArgumentException("--name is needed");
        }
        if (room.isPresent() && isServer) {
            throw new IllegalArgumentException("a room has no server: --room or --server, not both");
        }
        if (room.isEmpty() && !join.isEmpty()) {
            throw new IllegalArgumentException("--join is for rooms");
        }
        if (room.isEmpty() && !isServer && address.port() == 0) {
            throw new IllegalArgumentException(
                    "--port says where the other one waits; --server waits, --room enters a room");
        }
    }

    static ChatOptions parse(List<String> arguments) {
        String name = "";
        String ip = LOOPBACK;
        int port = 0;
        Optional<String> room = Optional.empty();
        List<Address> join = new ArrayList<>();
        boolean isServer = false;
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String option = rest.next();
            switch (option) {
                case "--name" -> name = value(option, rest);
                case "--ip" -> ip = value(option, rest);
                case "--port" -> port = port(value(option, rest));
                case "--room" -> room = Optional.of(value(option, rest));
                case "--join" -> join.add(Address.parse(value(option, rest)));
                case "--server" -> isServer = true;
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        return new ChatOptions(name, Address.tcp(ip, port), room, join, isServer);
    }

    /**
     * Enters.
     *
     * @param terminal shows what happens
     * @param end called when the other one of two has ended the talk
     */
    Conversation open(Terminal terminal, Runnable end) throws InterruptedException {
        if (room.isPresent()) {
            return RoomChat.enter(name, room.get(), address, join, terminal);
        }
        return isServer ? WaitingChat.open(name, address, terminal) : CallingChat.open(name, address, terminal, end);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return rest.next();
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--port needs a number, not " + text, e);
        }
    }
}
