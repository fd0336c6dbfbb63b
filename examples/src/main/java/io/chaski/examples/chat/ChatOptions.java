package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.core.Presence;
import io.chaski.examples.terminal.Terminal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
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
 * @param isServer in a talk of two, who waits for the other
 */
record ChatOptions(String name, Address address, Optional<RoomOptions> room, boolean isServer) {

    static final String USAGE = """
            usage: chat --name NAME --room ROOM [--join HOST:PORT]... [--ip ADDRESS] [--port PORT]
                        [--lease SECONDS] [--durable DIRECTORY [--copies NUMBER]] [--wired]
                   chat --name NAME --server [--ip ADDRESS] [--port PORT]
                   chat --name NAME --port PORT [--ip ADDRESS]
            The first enters a room, whose members are found through any of them. The second waits for one other person,
            the third is that person. --ip is 127.0.0.1 if not given, --port a free one where somebody listens.
            Who crashes in a room is told to have left after the seconds of its --lease, 15 if not given.
            With --durable this member keeps what is said in DIRECTORY, which is its own, and gets what it misses while it is
            away; what it says counts when NUMBER members have it on their disks, 1 if not given, itself included.
            With --wired there are no connections but those to the members of --join: /cut and /heal part the room.""";

    private static final String LOOPBACK = "127.0.0.1";

    ChatOptions {
        if (name.isBlank()) {
            throw new IllegalArgumentException("--name is needed");
        }
        if (room.isPresent() && isServer) {
            throw new IllegalArgumentException("a room has no server: --room or --server, not both");
        }
        if (room.isEmpty() && !isServer && address.port() == 0) {
            throw new IllegalArgumentException(
                    "--port says where the other one waits; --server waits, --room enters a room");
        }
    }

    static ChatOptions parse(List<String> arguments) {
        return new Parser(arguments.iterator()).parse();
    }

    /**
     * Enters.
     *
     * @param terminal shows what happens
     * @param end called when the other one of two has ended the talk
     */
    Conversation open(Terminal terminal, Runnable end) throws InterruptedException {
        if (room.isPresent()) {
            return RoomChat.enter(name, address, room.get(), terminal);
        }
        return isServer ? WaitingChat.open(name, address, terminal) : CallingChat.open(name, address, terminal, end);
    }

    /** Reads a command line once. */
    private static final class Parser {
        private final Iterator<String> rest;
        private String name = "";
        private String ip = LOOPBACK;
        private int port;
        private boolean isServer;
        private Optional<String> room = Optional.empty();
        private Duration lease = Presence.LEASE;
        private Optional<Path> durable = Optional.empty();
        private Optional<Integer> copies = Optional.empty();
        private boolean isWired;
        private final List<Address> join = new ArrayList<>();
        private Optional<String> forRooms = Optional.empty();

        Parser(Iterator<String> arguments) {
            this.rest = arguments;
        }

        ChatOptions parse() {
            while (rest.hasNext()) {
                String option = rest.next();
                if (!isForAll(option)) {
                    takeForRooms(option);
                    forRooms = Optional.of(option);
                }
            }
            if (room.isEmpty() && forRooms.isPresent()) {
                throw new IllegalArgumentException(forRooms.get() + " is for rooms");
            }
            if (durable.isEmpty() && copies.isPresent()) {
                throw new IllegalArgumentException("--copies is for members with --durable");
            }
            return new ChatOptions(
                    name,
                    Address.tcp(ip, port),
                    room.map(known -> new RoomOptions(known, join, lease, durable, copies.orElse(1), isWired)),
                    isServer);
        }

        private boolean isForAll(String option) {
            switch (option) {
                case "--name" -> name = value(option);
                case "--ip" -> ip = value(option);
                case "--port" -> port = number(option);
                case "--server" -> isServer = true;
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void takeForRooms(String option) {
            switch (option) {
                case "--room" -> room = Optional.of(value(option));
                case "--join" -> join.add(Address.parse(value(option)));
                case "--lease" -> lease = Duration.ofSeconds(number(option));
                case "--durable" -> durable = Optional.of(path(option));
                case "--copies" -> copies = Optional.of(number(option));
                case "--wired" -> isWired = true;
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }

        private String value(String option) {
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            return rest.next();
        }

        private int number(String option) {
            String text = value(option);
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(option + " needs a number, not " + text, e);
            }
        }

        private Path path(String option) {
            try {
                return Path.of(value(option));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(option + " needs a directory: " + e.getReason(), e);
            }
        }
    }
}
