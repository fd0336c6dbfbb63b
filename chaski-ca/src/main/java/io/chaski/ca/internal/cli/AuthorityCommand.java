package io.chaski.ca.internal.cli;

import io.chaski.core.ChaskiException;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The command: finds the verb, takes the words behind it apart, and says in one line what went wrong. */
public final class AuthorityCommand {

    private static final String NAME = "chaski-ca";
    private static final String EXIT_CODES = """

            --help behind a verb explains it. Exit codes: 0 done or nothing to do, 1 failure, 2 usage,
            4 no authority answers, 5 refused, 6 not found, 8 there already or in use.
            """;

    private final SetUpVerbs.Serve.Served served = new SetUpVerbs.Serve.Served();
    private final List<Verb> verbs;

    AuthorityCommand(InputStream in) {
        verbs = List.of(
                new SetUpVerbs.Init(),
                new SetUpVerbs.Serve(served, this::runServed),
                new TokenVerbs.Create(),
                new TokenVerbs.ListAll(),
                new TokenVerbs.Revoke(),
                new NodeVerbs.Enroll(in),
                new NodeVerbs.Renew(),
                new NodeVerbs.Status(),
                new CertificateVerbs.ListAll(),
                new CertificateVerbs.Show(),
                new CertificateVerbs.Revoke(),
                new CertificateVerbs.Readmit(),
                new UpkeepVerbs.CrlShow(),
                new UpkeepVerbs.CrlPublish(),
                new RotationVerbs.Issuing(),
                new RotationVerbs.Root(),
                new RotationVerbs.BundleExport(),
                new UpkeepVerbs.AuditVerify(),
                new PolicyVerbs.Check(),
                new PolicyVerbs.Sign(),
                new PolicyVerbs.Publish(),
                new PolicyVerbs.Explain(),
                new Doctor());
    }

    /** Runs and ends the process with the exit code. */
    public static void main(String[] words) {
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch isOver = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, isOver), "chaski-ca-stop"));
        Terminal terminal = new Terminal(out, err, prompt(System.console()), stop);
        int code = new AuthorityCommand(new FileInputStream(FileDescriptor.in))
                .run(List.of(words), terminal)
                .number();
        out.flush();
        err.flush();
        isOver.countDown();
        Runtime.getRuntime().exit(code);
    }

    /** A signal stops what is served, and the process stays until that is closed. */
    private static void end(CountDownLatch stop, CountDownLatch isOver) {
        stop.countDown();
        try {
            isOver.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    private static Optional<Terminal.Prompt> prompt(@Nullable Console console) {
        return console == null
                ? Optional.empty()
                : Optional.of(question -> {
                    char[] typed = console.readPassword("%s", question);
                    return typed == null ? new char[0] : typed;
                });
    }

    List<Verb> verbs() {
        return verbs;
    }

    static List<Option> allOptions(Verb verb) {
        List<Option> all = new ArrayList<>(verb.options());
        all.add(Option.JSON);
        all.add(Option.HELP);
        return all;
    }

    ExitCode run(List<String> words, Terminal terminal) {
        boolean wantsHelp = words.isEmpty()
                || words.get(0).equals(Option.HELP.name())
                || words.get(0).equals("help");
        if (wantsHelp) {
            (words.isEmpty() ? terminal.err() : terminal.out()).print(help());
            return words.isEmpty() ? ExitCode.USAGE : ExitCode.OK;
        }
        boolean isJson = words.contains(Option.JSON.name());
        try {
            Verb verb = verb(words);
            List<String> rest = words.subList(verb.name().split(" ").length, words.size());
            Arguments arguments = Arguments.parse(rest, allOptions(verb), verb.operands());
            if (arguments.has(Option.HELP)) {
                terminal.out().print(help(verb));
                return ExitCode.OK;
            }
            return verb.run(arguments, terminal);
        } catch (UsageException | IllegalArgumentException e) {
            return fail(ExitCode.USAGE, "USAGE", String.valueOf(e.getMessage()), isJson, terminal);
        } catch (ChaskiException e) {
            return fail(ExitCode.of(e), e.reason(), String.valueOf(e.getMessage()), isJson, terminal);
        } catch (IOException e) {
            return fail(ExitCode.FAILURE, "FAILED", e.toString(), isJson, terminal);
        }
    }

    /** A verb that another process has sent to the one that serves. */
    private ExitCode runServed(List<String> words, Terminal terminal) {
        boolean isJson = words.contains(Option.JSON.name());
        try {
            Verb verb = verb(words);
            List<String> rest = words.subList(verb.name().split(" ").length, words.size());
            Arguments arguments = Arguments.parse(rest, allOptions(verb), verb.operands());
            if (verb instanceof AuthorityVerb about) {
                return about.run(arguments, served.authority(), terminal);
            }
            if (verb instanceof UpkeepVerbs.AuditVerify) {
                return UpkeepVerbs.AuditVerify.print(served.authority().audit(), arguments, terminal);
            }
            throw new UsageException(verb.name() + " cannot be sent to another process");
        } catch (UsageException | IllegalArgumentException e) {
            return fail(ExitCode.USAGE, "USAGE", String.valueOf(e.getMessage()), isJson, terminal);
        } catch (ChaskiException e) {
            return fail(ExitCode.of(e), e.reason(), String.valueOf(e.getMessage()), isJson, terminal);
        }
    }

    private Verb verb(List<String> words) {
        String one = words.get(0);
        String two = words.size() > 1 ? one + " " + words.get(1) : one;
        return verbs.stream()
                .filter(verb -> verb.name().equals(two) || verb.name().equals(one))
                .findFirst()
                .orElseThrow(() -> new UsageException("no verb '" + one + "'; see " + NAME + " --help"));
    }

    private static ExitCode fail(ExitCode code, String reason, String message, boolean isJson, Terminal terminal) {
        String line = Terminal.printable(message).replace('\n', ' ');
        terminal.err()
                .println(
                        isJson
                                ? "{\"error\":"
                                        + new Json().with("code", reason).with("message", line) + "}"
                                : NAME + ": " + line);
        return code;
    }

    private String help() {
        StringBuilder text = new StringBuilder("Usage: " + NAME + " VERB [OPTIONS]\n\n");
        verbs.forEach(verb -> text.append(String.format("  %-15s %s%n", verb.name(), verb.summary())));
        return text.append(EXIT_CODES).toString();
    }

    private static String help(Verb verb) {
        StringBuilder text = new StringBuilder("Usage: " + NAME + " " + verb.name());
        verb.operands().forEach(operand -> text.append(' ').append(operand));
        text.append(" [OPTIONS]\n\n").append(verb.summary()).append("\n\n");
        for (Option option : allOptions(verb)) {
            text.append(String.format("  %-26s %s%n", (option.name() + " " + option.value()).strip(), option.help()));
        }
        return text.append("\nExample: " + NAME + " ")
                .append(verb.example())
                .append('\n')
                .toString();
    }
}
