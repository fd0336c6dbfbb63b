package io.chaski.ca.internal.cli;

import io.chaski.ca.CertificateAuthority;
import java.io.IOException;
import java.util.ArrayList;
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
        List<Option> all = new ArrayList<>(List.of(Option.DIR));
        all.addAll(ownOptions());
        all.addAll(Passwords.OPTIONS);
        return all;
    }

    @Override
    public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
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
}
