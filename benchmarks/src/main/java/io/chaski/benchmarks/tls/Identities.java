package io.chaski.benchmarks.tls;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Servers and a client for which one authority vouches, over an issuing certificate, all with keys of P-256: the same for
 * all contestants, so they have DNS names. The keytool of the JDK makes them in a file; the processes of a run find it by a
 * system property. Immutable.
 */
public final class Identities {

    /** Who listens. The name is what gRPC looks for in the certificate. */
    public static final String SERVER = "localhost";

    /** Who connects. */
    public static final String CLIENT = "client";

    /** As many as a workload has receivers; nodes do not share an identity. */
    private static final int SERVERS = 8;

    /** Who is between two; {@link #makeAll} makes it. */
    public static final String RELAY = server(1);

    private static final String PROPERTY = "chaski.benchmark.identities";

    /** It takes a second; the machine may be busy. */
    private static final long KEYTOOL_LIMIT_SECONDS = 60;

    private static final String ROOT = "root";
    private static final String ISSUING = "issuing";

    /** The file lives as long as the run. */
    private static final String PASSWORD = "benchmark";

    /** With identities nobody may do anything that a policy does not allow. */
    private static final Policy EVERYTHING = Policy.parse("""
            {"version": 1, "domain": "benchmark.example", "roles": {"all": {
              "match": [%s],
              "publish": ["**"], "subscribe": ["**"], "relay": ["**"], "discover": ["**"],
              "rpc.call": ["**"], "rpc.serve": ["**"], "file.send": ["**"], "file.receive": ["**"]
            }}}
            """.formatted(IntStream.range(0, SERVERS)
            .mapToObj(Identities::server)
            .collect(Collectors.joining("\", \"dns:", "\"dns:client\", \"dns:", "\""))));

    private final Path file;
    private final KeyStore store;

    private Identities(Path file, KeyStore store) {
        this.file = file;
        this.store = store;
    }

    /**
     * One of several who listen.
     *
     * @param index from 0, which is {@link #SERVER}; below 8
     */
    public static String server(int index) {
        return index == 0 ? SERVER : "server-" + index;
    }

    /**
     * Makes a server and a client.
     *
     * @param directory where to
     */
    public static Identities make(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
        return make(directory, 1);
    }

    /**
     * Makes servers for every workload, and a client.
     *
     * @param directory where to
     */
    public static Identities makeAll(Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        return make(directory, SERVERS);
    }

    private static Identities make(Path directory, int servers)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path file = directory.resolve("identities.p12");
        keytool(file, ROOT, "-ext", "bc:c=ca:true,pathlen:1", "-ext", "ku:c=keyCertSign,cRLSign");
        keytool(file, ISSUING, "-signer", ROOT, "-ext", "bc:c=ca:true,pathlen:0", "-ext", "ku:c=keyCertSign");
        List<String> names = new ArrayList<>(List.of(CLIENT));
        IntStream.range(0, servers).mapToObj(Identities::server).forEach(names::add);
        for (String name : names) {
            keytool(
                    file,
                    name,
                    "-signer",
                    ISSUING,
                    "-ext",
                    "san=dns:" + name,
                    "-ext",
                    "ku:c=digitalSignature",
                    "-ext",
                    "eku=serverAuth,clientAuth");
        }
        return read(file);
    }

    /** Those that the driver of this process has made. */
    public static Identities ofProcess() {
        String file = System.getProperty(PROPERTY);
        if (file == null) {
            throw new IllegalStateException("no -D" + PROPERTY + ": run them as the benchmark does");
        }
        try {
            return read(Path.of(file));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the identities in " + file, e);
        }
    }

    private static Identities read(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return new Identities(file, store);
    }

    private static void keytool(Path file, String name, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-sigalg",
                "SHA256withECDSA",
                "-validity",
                "30",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(KEYTOOL_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("keytool has not ended in " + KEYTOOL_LIMIT_SECONDS + " s: " + command);
        }
        if (process.exitValue() != 0) {
            throw new IOException("keytool has failed: " + command);
        }
    }

    /** Deletes the file; this object goes on. */
    public void delete() throws IOException {
        Files.delete(file);
    }

    /** Lets a JVM find them. */
    public String flag() {
        return "-D" + PROPERTY + "=" + file;
    }

    /**
     * Key and certificates, as they are shown: without the root.
     *
     * @param name {@link #SERVER} or {@link #CLIENT}
     */
    public Credentials credentials(String name) {
        try {
            PrivateKey key = (PrivateKey) store.getKey(name, PASSWORD.toCharArray());
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : store.getCertificateChain(name)) {
                chain.add((X509Certificate) certificate);
            }
            return new Credentials(key, chain.subList(0, chain.size() - 1));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the key of " + name, e);
        }
    }

    /**
     * What sockets of the JDK need to do the same.
     *
     * @param name {@link #SERVER} or {@link #CLIENT}
     */
    public SSLContext context(String name) throws IOException, GeneralSecurityException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        Credentials credentials = credentials(name);
        own.setKeyEntry(
                name,
                credentials.key(),
                PASSWORD.toCharArray(),
                credentials.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ROOT, root());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Whom to trust. */
    public X509Certificate root() {
        try {
            return (X509Certificate) store.getCertificate(ROOT);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the root", e);
        }
    }

    /**
     * How a node proves who it is.
     *
     * @param name {@link #SERVER} or {@link #CLIENT}
     */
    public TrustMode.External mode(String name) {
        return TrustMode.external(credentials(name), Set.of(root()));
    }

    /**
     * A node that proves who it is, and lets the other one do everything.
     *
     * @param name {@link #CLIENT} or one of {@link #server}
     */
    public NodeBuilder node(String name) {
        return ChaskiNode.builder().security(mode(name)).policy(EVERYTHING);
    }
}
