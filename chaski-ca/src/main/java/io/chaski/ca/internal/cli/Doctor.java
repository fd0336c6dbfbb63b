package io.chaski.ca.internal.cli;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.internal.bouncycastle.KeyProtection;
import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.LocalDisk;
import io.chaski.ca.internal.disk.Ownership;
import io.chaski.ca.internal.disk.Pem;
import io.chaski.ca.internal.disk.Pem.MalformedPemException;
import io.chaski.ca.internal.disk.SmallFiles;
import io.chaski.ca.internal.net.TlsSelfTest;
import io.chaski.core.ChaskiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Looks for what will be a problem, in a directory of an authority or of a node, and on the machine. Changes nothing. */
final class Doctor implements Verb {

    /** Long enough to plan the replacement of an authority. */
    private static final Duration SOON = Duration.ofDays(30);

    private static final int MAX_BYTES = 64 << 10;

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String summary() {
        return "checks permissions, clock, ends of certificates, audit log, versions and TLS; 1 if something is wrong";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.DIR);
    }

    @Override
    public String example() {
        return "doctor --dir ca";
    }

    /** How a check went. */
    private enum Verdict {
        OK,
        WARN,
        FAIL
    }

    /** One run. */
    private static final class Findings {
        private final Arguments arguments;
        private final Terminal terminal;
        private boolean isSound = true;

        Findings(Arguments arguments, Terminal terminal) {
            this.arguments = arguments;
            this.terminal = terminal;
        }

        void add(Verdict verdict, String check, String detail) {
            isSound &= verdict != Verdict.FAIL;
            terminal.result(
                    arguments,
                    String.format("%-4s  %-12s %s", verdict, check, detail),
                    new Json().with("verdict", verdict).with("check", check).with("detail", detail));
        }
    }

    @Override
    public ExitCode run(Arguments arguments, Terminal terminal) throws IOException {
        Path directory = arguments.directory();
        if (!Files.isDirectory(directory)) {
            throw new AuthorityException(Problem.MISSING, directory + " is missing", null);
        }
        Findings findings = new Findings(arguments, terminal);
        findings.add(Verdict.OK, "versions", versions());
        List<Path> files = permissions(directory, findings);
        for (Path file : files) {
            if (file.toString().endsWith(".pem")) {
                certificates(file, findings);
            }
        }
        if (files.stream().anyMatch(file -> file.endsWith("journal.log"))) {
            audit(directory, findings);
        }
        tls(findings);
        return findings.isSound ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static String versions() {
        return "Java " + Runtime.version() + ", Netty " + TlsSelfTest.nettyVersion() + ", Bouncy Castle "
                + KeyProtection.libraryVersion();
    }

    private static List<Path> permissions(Path directory, Findings findings) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(directory)) {
            files = found.filter(
                            file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.isSymbolicLink(file))
                    .sorted()
                    .toList();
        }
        int unsafe = 0;
        for (Path path : Stream.concat(Stream.of(directory), files.stream()).toList()) {
            try {
                Ownership.check(path);
            } catch (AuthorityException e) {
                unsafe++;
                findings.add(Verdict.FAIL, "permissions", String.valueOf(e.getMessage()));
            }
        }
        if (unsafe == 0) {
            findings.add(Verdict.OK, "permissions", files.size() + " files are their owner's alone");
        }
        return files;
    }

    private static void certificates(Path file, Findings findings) throws IOException {
        Disk disk = new LocalDisk();
        try {
            List<Pem> blocks = Pem.read(SmallFiles.read(disk, file, MAX_BYTES)).stream()
                    .filter(block -> block.label().equals(Pem.CERTIFICATE))
                    .toList();
            for (X509Certificate certificate : Pem.certificates(blocks)) {
                certificate(file, certificate, findings);
            }
        } catch (MalformedPemException e) {
            findings.add(Verdict.FAIL, "files", file + ": " + e.getMessage());
        } catch (AuthorityException e) {
            findings.add(Verdict.FAIL, "files", String.valueOf(e.getMessage()));
        }
    }

    /** Those of nodes live a day, so what is soon is relative. */
    private static void certificate(Path file, X509Certificate certificate, Findings findings) {
        Instant now = Instant.now();
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        Duration tenth = Duration.between(begin, end).dividedBy(10);
        String what = file.getFileName() + ", " + begin + " to " + end;
        if (now.isBefore(begin)) {
            findings.add(Verdict.FAIL, "clock", "it says " + now + ", before " + what);
        } else if (now.isAfter(end)) {
            findings.add(Verdict.FAIL, "expiry", what);
        } else if (now.isAfter(end.minus(tenth.compareTo(SOON) < 0 ? tenth : SOON))) {
            findings.add(Verdict.WARN, "expiry", what);
        } else {
            findings.add(Verdict.OK, "expiry", what);
        }
    }

    private static void audit(Path directory, Findings findings) {
        try {
            CertificateAuthority.Audit audit = CertificateAuthority.verifyAudit(directory);
            audit.problem()
                    .ifPresentOrElse(
                            problem -> findings.add(Verdict.FAIL, "audit", problem),
                            () -> findings.add(
                                    Verdict.OK, "audit", audit.records() + " records, head " + audit.head()));
            Instant now = Instant.now();
            if (audit.latest().isAfter(now)) {
                findings.add(Verdict.FAIL, "clock", "it says " + now + ", and the audit log goes to " + audit.latest());
            }
        } catch (AuthorityException e) {
            boolean isServed = e.problem() == Problem.IN_USE;
            findings.add(
                    isServed ? Verdict.OK : Verdict.FAIL,
                    "audit",
                    isServed ? "it is open; see audit verify" : String.valueOf(e.getMessage()));
        }
    }

    private static void tls(Findings findings) {
        try {
            TlsSelfTest.run();
            findings.add(Verdict.OK, "tls", "a request and its answer over TLS 1.3 on loopback");
        } catch (IOException | ChaskiException e) {
            findings.add(Verdict.FAIL, "tls", e.toString());
        }
    }
}
