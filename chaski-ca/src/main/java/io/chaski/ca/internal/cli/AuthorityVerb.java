package io.chaski.ca.internal.cli;

import io.chaski.ca.CertificateAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A verb about an authority that is open. If another process serves it, that process does the work and the words travel to
 * it; otherwise it is opened here, which takes the password.
 */
abstract class AuthorityVerb implements Verb {

    /** Options without those of the password. */
    abstract List<Option> ownOptions();

    /** Does it. The directory in the arguments may be of another process's view: nothing is read or written there. */
    abstract ExitCode run(Arguments arguments, CertificateAuthority authority, Terminal terminal);

    @Override
    public final List<Option> options() {
        return Passwords.withOptions(ownOptions());
    }

    @Override
    public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
        return runAnywhere(arguments, terminal);
    }

    private ExitCode runAnywhere(Arguments arguments, Terminal terminal) throws IOException {
        ControlSocket.Client serving = new ControlSocket.Client(arguments.directory());
        List<String> words = new ArrayList<>(List.of(name().split(" ")));
        words.addAll(arguments.words());
        if (serving.isThere()) {
            return serving.run(words, terminal);
        }
        try (CertificateAuthority authority =
                CertificateAuthority.open(arguments.directory(), Passwords.of(arguments, terminal))) {
            return run(arguments, authority, terminal);
        }
    }

    /** Takes what a verb has made. */
    @FunctionalInterface
    interface Taker {
        void take(byte[] made) throws IOException;
    }

    /** Runs this verb, which prints nothing but Base64, wherever it runs; what it made is taken here, if it went well. */
    final ExitCode make(Arguments arguments, Terminal terminal, Taker taker) throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Terminal captured = terminal.printingTo(new PrintStream(printed, true, StandardCharsets.US_ASCII));
        ExitCode code = runAnywhere(arguments, captured);
        if (code == ExitCode.OK) {
            taker.take(Base64.getDecoder()
                    .decode(printed.toString(StandardCharsets.US_ASCII).strip()));
        }
        return code;
    }
}
