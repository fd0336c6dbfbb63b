package io.chaski.core;

import io.chaski.core.OutsideSettings.Setting;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.internal.runtime.EnrolledStart;
import io.chaski.core.internal.runtime.NodeStarter;
import io.chaski.core.security.IdentityProvider;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.AccessPolicy;
import io.chaski.core.security.policy.Policy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Describes a node and starts it. For each option the program's word comes first, then the system property
 * {@code chaski.node.<option>}, then the environment variable {@code CHASKI_NODE_<OPTION>}, then the default. The names
 * are those of the methods in kebab case: {@code keepAlive} is {@code chaski.node.keep-alive} and
 * {@code CHASKI_NODE_KEEP_ALIVE}; lists are separated by commas, durations are {@code 500ms}, {@code 5s}, {@code 2m} or
 * ISO-8601, sizes may end in {@code KiB} or {@code MiB}. Not thread-safe; may start any number of nodes.
 */
public final class NodeBuilder {

    private @Nullable String name;
    private @Nullable String cluster;
    private @Nullable NodeId id;
    private @Nullable Path dataDirectory;
    private boolean isDataDirectoryOfPlatform;
    private @Nullable List<Address> listen;
    private @Nullable Set<Integer> unixUsers;
    private @Nullable List<Address> advertise;
    private @Nullable List<Address> bootstrap;
    private @Nullable Boolean root;
    private @Nullable Boolean relay;
    private @Nullable Topology topology;
    private @Nullable Boolean udp;
    private @Nullable LanOptions lan;
    private @Nullable Boolean insecure;
    private TrustMode security = TrustMode.INSECURE;
    private @Nullable String enrolmentToken;
    private Duration enrolmentLimit = IdentityProvider.DEFAULT_LIMIT;
    private boolean isListRequired;
    private @Nullable Policy policy;
    private @Nullable Policy ownPolicy;
    private @Nullable AccessPolicy accessPolicy;
    private @Nullable Duration keepAlive;
    private @Nullable Duration deadAfter;
    private @Nullable Integer reconnections;
    private @Nullable Integer maxConnections;
    private @Nullable Integer maxFrame;
    private @Nullable Integer maxPayload;
    private @Nullable Duration slowConsumerTimeout;
    private final List<PayloadCodec> codecs = new ArrayList<>();
    private final List<Consumer<? super NodeEvent>> eventListeners = new ArrayList<>();
    private Environment environment = Environment.system();
    private @Nullable Executor callbackExecutor;

    NodeBuilder() {}

    // ---- who it is

    /**
     * Names the node. Default: the first digits of its id.
     *
     * @param label for people; may repeat among nodes
     */
    public NodeBuilder name(String label) {
        this.name = Objects.requireNonNull(label, "name");
        return this;
    }

    /**
     * Puts the node into a cluster. Default: {@value NodeOptions#DEFAULT_CLUSTER}.
     *
     * @param clusterName only nodes of one cluster talk
     */
    public NodeBuilder cluster(String clusterName) {
        this.cluster = Objects.requireNonNull(clusterName, "cluster");
        return this;
    }

    /**
     * Gives the node an id. Default: the one of its identity, that in the data directory, or a new one.
     *
     * @param nodeId no two live nodes may have the same; with an identity there is only one that is right
     */
    public NodeBuilder id(NodeId nodeId) {
        this.id = Objects.requireNonNull(nodeId, "id");
        return this;
    }

    /**
     * Lets id and epoch survive restarts. Default: none, the node leaves no file.
     *
     * @param folder made if needed, readable by its owner only; one running node per folder
     */
    public NodeBuilder dataDirectory(Path folder) {
        this.dataDirectory = Objects.requireNonNull(folder, "dataDirectory");
        return this;
    }

    /**
     * Lets id and epoch survive restarts, in the folder that the platform has for such things (XDG data home,
     * Application Support, Local AppData), under {@code chaski/<cluster>/<name>}.
     */
    public NodeBuilder dataDirectory() {
        this.isDataDirectoryOfPlatform = true;
        return this;
    }

    // ---- where it is

    /**
     * Listens on these addresses instead of 127.0.0.1 with a free port. Off loopback it takes an identity, or
     * {@link #insecure()}. UNIX sockets are for processes of the user that the node runs as, and {@link #unixUsers}; their folder has to
     * be that user's or root's, and one where others cannot replace files.
     *
     * @param addresses port 0 asks for a free one
     */
    public NodeBuilder listen(Address... addresses) {
        this.listen = List.of(addresses);
        return this;
    }

    /**
     * As {@link #listen(Address...)}.
     *
     * @param addresses in any form that {@link Address#parse} reads
     */
    public NodeBuilder listen(String... addresses) {
        this.listen = parse(addresses);
        return this;
    }

    /**
     * Lets processes of other users of this machine connect to the UNIX sockets that the node listens on. Default: nobody's
     * but those of the user that the node runs as, and root's. The file is then its owner's only; with other users everybody can open it, and who is not one of them is turned away before a byte of his
     * is read. With an identity as well: whoever gets in has to prove who it is besides.
     *
     * <p>A node does not start ({@link StartFailedException}) if it should tell users apart and the operating system does not
     * say who connects, as Windows, or if one of them, or the node's own user, has the number that stands for many in a container
     * (65534).
     *
     * @param numbers as {@code id -u} prints them: names mean other users on other machines and in containers
     */
    public NodeBuilder unixUsers(int... numbers) {
        this.unixUsers = Arrays.stream(numbers).boxed().collect(Collectors.toSet());
        return this;
    }

    /** Only dials: takes no port, so that nobody can dial it. */
    public NodeBuilder listenNowhere() {
        this.listen = List.of();
        return this;
    }

    /**
     * Tells others these addresses instead of those it listens on, as behind a port mapping.
     *
     * @param addresses best first
     */
    public NodeBuilder advertise(Address... addresses) {
        this.advertise = List.of(addresses);
        return this;
    }

    /**
     * As {@link #advertise(Address...)}.
     *
     * @param addresses in any form that {@link Address#parse} reads
     */
    public NodeBuilder advertise(String... addresses) {
        this.advertise = parse(addresses);
        return this;
    }

    /**
     * Begins with these nodes; any of them will do. With {@link Topology#MANUAL}, makes and keeps edges to all of them.
     * Default: the address in {@code CHASKI_STREAMER_ROOT}, if that is set and the topology is automatic.
     *
     * @param addresses where they are; when none answers the node carries on and keeps trying
     */
    public NodeBuilder bootstrap(Address... addresses) {
        this.bootstrap = List.of(addresses);
        return this;
    }

    /**
     * As {@link #bootstrap(Address...)}.
     *
     * @param addresses in any form that {@link Address#parse} reads
     */
    public NodeBuilder bootstrap(String... addresses) {
        this.bootstrap = parse(addresses);
        return this;
    }

    /** Makes it a root: it keeps registrations for others, and port 0 means the first free of 8511 to 8516, then any. */
    public NodeBuilder root() {
        return root(true);
    }

    /**
     * As {@link #root()}, or not, whatever the system properties and the environment say. Default: false.
     *
     * @param wanted whether it is a root
     */
    public NodeBuilder root(boolean wanted) {
        this.root = wanted;
        return this;
    }

    /**
     * Carries topics it does not subscribe to, between subscribers that cannot reach each other and ask for it. Up to 256
     * topics, for up to 32 subscribers each; it hears nothing of what it carries and does not count as a subscriber. See
     * {@link NodeSnapshot.TopicSnapshot#clients}.
     */
    public NodeBuilder relay() {
        return relay(true);
    }

    /**
     * As {@link #relay()}, or not, whatever the system properties and the environment say. Default: false.
     *
     * @param wanted whether it carries topics of others
     */
    public NodeBuilder relay(boolean wanted) {
        this.relay = wanted;
        return this;
    }

    /**
     * Decides who makes edges. Default: {@link Topology#AUTOMATIC}.
     *
     * @param who the nodes themselves, or the program
     */
    public NodeBuilder topology(Topology who) {
        this.topology = Objects.requireNonNull(who, "topology");
        return this;
    }

    /**
     * Takes a UDP port beside each TCP port, or does not. Default: true.
     *
     * @param wanted all but best-effort messages works without it; probes then take a connection, as they do with an identity
     */
    public NodeBuilder udp(boolean wanted) {
        this.udp = wanted;
        return this;
    }

    /**
     * Finds other nodes of the cluster on the LAN, besides bootstrap nodes or without any: says by multicast over UDP that
     * it is there, each second for ten seconds and then every eight, and dials others that say so. What it hears is never
     * believed, only dialled: nodes of other clusters refuse each other as always, and with an identity certificates decide.
     * Everybody on the LAN can see that a node is there, at which address and port, but neither its id nor the name of its
     * cluster; so it is off unless asked for. It happens on the interfaces that the node listens on, 16 at most, and never on
     * loopback: a node that listens there only says so in the log and takes no part. Contradicts {@link Topology#MANUAL}.
     */
    public NodeBuilder lanDiscovery() {
        return lanDiscovery(true);
    }

    /**
     * As {@link #lanDiscovery()}, or not, whatever the system properties and the environment say. Default: false.
     *
     * @param wanted whether it takes part
     */
    public NodeBuilder lanDiscovery(boolean wanted) {
        this.lan = wanted ? LanOptions.ON : LanOptions.OFF;
        return this;
    }

    /**
     * As {@link #lanDiscovery()}, on certain interfaces, loopback among them if it is named. On an interface where the node
     * does not listen it only hears others.
     *
     * @param interfaces names of network interfaces, such as {@code eth0}, 1 to {@value LanOptions#MAX_INTERFACES}; if one
     *     is missing, or cannot do this, the node does not start
     * @throws IllegalArgumentException if there are none or too many
     */
    public NodeBuilder lanDiscovery(String... interfaces) {
        this.lan = LanOptions.on(List.of(interfaces));
        return this;
    }

    /**
     * Gives the node an identity: every connection is then TLS 1.3 with certificates on both sides, it may listen
     * anywhere, and its id is derived from its identity. Default: {@link TrustMode#INSECURE}. Over UDP it
     * takes and sends nothing but encrypted messages of peers with an edge, and beacons if {@link #lanDiscovery()} says so:
     * probes take a connection.
     *
     * @param mode how it proves who it is, and whom it believes
     */
    public NodeBuilder security(TrustMode mode) {
        this.security = Objects.requireNonNull(mode, "security");
        return this;
    }

    /**
     * Gives the node the identity that a token of an authority is for, and keeps it in certificates while it runs. Needs
     * {@code chaski-ca} and a data directory, where key and certificates are kept: at the next start what is there is used,
     * and the token is not, so a program may say this always. The token is a secret until it was used.
     *
     * <p>{@link #start()} asks the authority before anything is opened, for up to half a minute, and fails with an
     * {@code EnrolmentException} if it gets no identity. A file {@code deny} in the data directory, see
     * {@link io.chaski.core.security.DenyFile}, is obeyed, also when it changes.
     *
     * @param token such as {@code chaski-ca token create} prints
     */
    public NodeBuilder enroll(String token) {
        return enroll(token, IdentityProvider.DEFAULT_LIMIT);
    }

    /**
     * As {@link #enroll(String)}, for another time than half a minute.
     *
     * @param token such as {@code chaski-ca token create} prints
     * @param limit how long {@link #start()} asks again while no authority answers, 0 or more; with 0 it asks once at each
     *     address of the token. What is under way when the limit is over goes on to its end, 10 s at most for each address
     * @throws IllegalArgumentException if the limit is negative
     */
    public NodeBuilder enroll(String token, Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("limit must not be negative: " + limit);
        }
        this.enrolmentToken = Objects.requireNonNull(token, "token");
        this.enrolmentLimit = limit;
        return this;
    }

    /**
     * Lets nobody in, and ends the edges that stand, while this node has no current revocation list of its authority. Default: who was
     * not revoked as far as this node knows is let in, and {@link NodeEvent.RevocationsOverdue} tells that it may know too little;
     * certificates live a day, and an authority that is away for longer would stop the network. A node that has let nobody in gets a
     * list with its next certificate, or from {@code security().update(...)}. Needs an authority of ours ({@link #enroll},
     * {@link TrustMode#ca}): with another {@link TrustMode} there are no such lists, and the node does not start
     * ({@link ConfigurationException}).
     */
    public NodeBuilder requireRevocationList() {
        this.isListRequired = true;
        return this;
    }

    /**
     * Says who may do what, this node included. Default: {@link Policy#members()} with an identity; without one everybody may
     * do everything. A policy that has not begun when the node starts, or that expires, allows nothing until another one is given.
     *
     * @param rules what the authority says; {@link ChaskiNode#access()} takes a later one
     */
    public NodeBuilder policy(Policy rules) {
        this.policy = Objects.requireNonNull(rules, "policy");
        return this;
    }

    /**
     * Restricts at this node what the policy allows; see {@link #policy}.
     *
     * @param rules something is allowed here if both allow it; once they have expired, nothing is
     */
    public NodeBuilder ownPolicy(Policy rules) {
        this.ownPolicy = Objects.requireNonNull(rules, "ownPolicy");
        return this;
    }

    /**
     * Has the application itself restrict what policies allow.
     *
     * @param rules asked from memory, see {@link AccessPolicy}
     */
    public NodeBuilder accessPolicy(AccessPolicy rules) {
        this.accessPolicy = Objects.requireNonNull(rules, "accessPolicy");
        return this;
    }

    /**
     * Allows to listen off loopback although everybody can then connect, read and write. Contradicts an identity, see
     * {@link #security}.
     */
    public NodeBuilder insecure() {
        return insecure(true);
    }

    /**
     * As {@link #insecure()}, or not, whatever the system properties and the environment say. Default: false.
     *
     * @param allowed whether it may listen off loopback
     */
    public NodeBuilder insecure(boolean allowed) {
        this.insecure = allowed;
        return this;
    }

    // ---- how it behaves

    /**
     * Asks silent peers whether they are there. Default: 2 s.
     *
     * @param silence 100 ms to 1 h
     */
    public NodeBuilder keepAlive(Duration silence) {
        this.keepAlive = Objects.requireNonNull(silence, "keepAlive");
        return this;
    }

    /**
     * Gives silent peers up. Default: 8 s.
     *
     * @param silence more than twice {@link #keepAlive}, at most 2 h
     */
    public NodeBuilder deadAfter(Duration silence) {
        this.deadAfter = Objects.requireNonNull(silence, "deadAfter");
        return this;
    }

    /**
     * Limits how often a lost peer of {@link ChaskiNode#connect}, and with {@link Topology#MANUAL} one of
     * {@link #bootstrap}, is dialled again. With automatic topology bootstrap nodes are asked now and then for ever,
     * whatever this says. Default: {@link EdgeOptions#UNLIMITED}.
     *
     * @param attempts in a row, 0 or more; 0 never dials again
     */
    public NodeBuilder reconnections(int attempts) {
        this.reconnections = attempts;
        return this;
    }

    /**
     * Limits the edges. Default: 1,024. A node that is full lets up to eight newcomers in besides, each for three
     * seconds, so that they hear of other nodes; then it closes their edges with {@link CloseReason#FULL}. With more than
     * 1,024 it lets more strangers in, too, in proportion: by default 1,000 a second, of whom 256 at a time shake hands.
     *
     * @param edges 1 to 65,536
     */
    public NodeBuilder maxConnections(int edges) {
        this.maxConnections = edges;
        return this;
    }

    /**
     * Limits what is read at once, and thereby the largest message. Default: 1 MiB.
     *
     * @param bytes 128 KiB to 16 MiB; the same on all nodes of a cluster, because a message must fit at every hop
     */
    public NodeBuilder maxFrame(int bytes) {
        this.maxFrame = bytes;
        return this;
    }

    /**
     * Limits what is published. Default: {@link #maxFrame} less 16 KiB for the envelope, 1,008 KiB.
     *
     * @param bytes 1 or more, encoded; not above the default
     */
    public NodeBuilder maxPayload(int bytes) {
        this.maxPayload = bytes;
        return this;
    }

    /**
     * Limits how long {@link ChaskiNode#publish} waits for room and for credit, and how long a subscriber with {@link
     * OverflowPolicy#BLOCK} may take nothing before it is cut off. Default: 30 s.
     *
     * @param limit 0 to 10 min
     */
    public NodeBuilder slowConsumerTimeout(Duration limit) {
        this.slowConsumerTimeout = Objects.requireNonNull(limit, "slowConsumerTimeout");
        return this;
    }

    /**
     * Adds a codec, or replaces the built-in one of the same content type.
     *
     * @param codec thread-safe
     */
    public NodeBuilder codec(PayloadCodec codec) {
        codecs.add(Objects.requireNonNull(codec, "codec"));
        return this;
    }

    // ---- where it runs

    /**
     * Hears every event from {@link NodeEvent.Started} on.
     *
     * @param listener called on the callback executor, in order; 256 events may wait
     */
    public NodeBuilder onEvent(Consumer<? super NodeEvent> listener) {
        eventListeners.add(Objects.requireNonNull(listener, "onEvent"));
        return this;
    }

    /**
     * Runs callbacks on the program's executor. Default: virtual threads if this Java has them, otherwise a bounded pool
     * of daemon threads that ends with the node.
     *
     * @param executor never shut down by the node; runs nothing in the thread that hands it over, which may be the node's
     *     own loop or hold a lock of it: a callback that waits there would stop the node
     */
    public NodeBuilder callbackExecutor(Executor executor) {
        this.callbackExecutor = Objects.requireNonNull(executor, "callbackExecutor");
        return this;
    }

    /**
     * Takes clocks, chance, threads and sockets from somewhere else. Default: {@link Environment#system()}.
     *
     * @param world such as the one of the test kit
     */
    public NodeBuilder environment(Environment world) {
        this.environment = Objects.requireNonNull(world, "environment");
        return this;
    }

    // ---- go

    /**
     * The complete description of the node that {@link #start()} would start, but for an identity that {@link #enroll}
     * brings.
     *
     * @throws ConfigurationException if options contradict each other, or a value from outside makes no sense
     */
    public NodeOptions options() {
        return options(OutsideSettings.ofThisProcess());
    }

    /**
     * Starts the node. It listens when this returns; when it throws, everything that was opened is closed again.
     *
     * @throws ConfigurationException if options contradict each other, a value from outside makes no sense, or the data
     *     directory belongs to another node
     * @throws IllegalArgumentException if the environment is neither the system's nor the test kit's, or the content type
     *     of a codec is empty, too long or not plain ASCII
     * @throws StartFailedException if the operating system refuses an address or the data directory, or a step fails;
     *     its cause says which
     */
    public ChaskiNode start() {
        OutsideSettings outside = OutsideSettings.ofThisProcess();
        return enrolmentToken == null
                ? start(options(outside), Optional.empty())
                : enrolAndStart(enrolmentToken, outside);
    }

    private ChaskiNode start(NodeOptions options, Optional<SignedBundle> brought) {
        return NodeStarter.start(
                options, brought, environment, callbackExecutor, List.copyOf(codecs), List.copyOf(eventListeners));
    }

    private ChaskiNode enrolAndStart(String token, OutsideSettings outside) {
        if (!security.equals(TrustMode.INSECURE)) {
            throw new ConfigurationException("enroll() contradicts security(): leave one of them out");
        }
        Path directory = dataDirectory(outside)
                .orElseThrow(() -> new ConfigurationException(
                        "enroll() needs dataDirectory(), where the node keeps its key and its certificates"));
        return EnrolledStart.start(
                directory,
                token,
                enrolmentLimit,
                environment,
                identity -> start(options(outside, identity.mode(), identity.policy()), identity.bundle()));
    }

    NodeOptions options(OutsideSettings outside) {
        return options(outside, security, Optional.empty());
    }

    private NodeOptions options(OutsideSettings outside, TrustMode mode, Optional<Policy> known) {
        EdgeOptions edges = edgeOptions(outside);
        return new NodeOptions(
                label(outside),
                community(outside),
                first(id, outside.id(Setting.ID)),
                dataDirectory(outside),
                networkOptions(outside),
                isListRequired ? requiringList(mode) : mode,
                new AccessOptions(
                        Optional.ofNullable(policy).or(() -> known),
                        Optional.ofNullable(ownPolicy),
                        Optional.ofNullable(accessPolicy)),
                edges,
                new MessageOptions(
                        first(maxPayload, outside.number(Setting.MAX_PAYLOAD))
                                .orElse(edges.maxFrame() - MessageOptions.ENVELOPE_BYTES),
                        first(slowConsumerTimeout, outside.duration(Setting.SLOW_CONSUMER_TIMEOUT))
                                .orElse(MessageOptions.DEFAULT_SLOW_CONSUMER_TIMEOUT)));
    }

    private static TrustMode requiringList(TrustMode mode) {
        if (mode instanceof TrustMode.Ca ca) {
            return ca.with(ca.trust().requiringList());
        }
        throw new ConfigurationException(
                "requireRevocationList() needs an authority that signs such lists: enroll(...), or security(TrustMode.ca(...))");
    }

    private Optional<String> label(OutsideSettings outside) {
        return first(name, outside.text(Setting.NAME));
    }

    private String community(OutsideSettings outside) {
        return first(cluster, outside.text(Setting.CLUSTER)).orElse(NodeOptions.DEFAULT_CLUSTER);
    }

    private Optional<Path> dataDirectory(OutsideSettings outside) {
        Optional<Path> given = first(dataDirectory, outside.path(Setting.DATA_DIRECTORY));
        if (!isDataDirectoryOfPlatform) {
            return given;
        }
        if (dataDirectory != null) {
            throw new ConfigurationException("dataDirectory was given with and without a folder: " + dataDirectory);
        }
        if (given.isPresent()) {
            return given;
        }
        String folder = label(outside)
                .orElseThrow(() -> new ConfigurationException(
                        "dataDirectory() without a folder needs name(), or all nodes of this machine would share one"));
        return Optional.of(outside.platformDataHome()
                .resolve("chaski")
                .resolve(checkFolder("cluster", community(outside)))
                .resolve(checkFolder("name", folder)));
    }

    private static String checkFolder(String option, String folder) {
        if (!folder.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")) {
            throw new ConfigurationException(option + " '" + folder + "' cannot be the name of a folder;"
                    + " give dataDirectory(Path), or use letters, digits, '.', '_' and '-'");
        }
        return folder;
    }

    private NetworkOptions networkOptions(OutsideSettings outside) {
        Topology who = first(topology, outside.topology(Setting.TOPOLOGY)).orElse(Topology.AUTOMATIC);
        List<Address> bootstrapDefault = who == Topology.AUTOMATIC ? outside.upstreamRoot() : List.of();
        return new NetworkOptions(
                first(listen, outside.addresses(Setting.LISTEN)).orElse(NetworkOptions.DEFAULT_LISTEN),
                first(unixUsers, outside.numbers(Setting.UNIX_USERS)).orElse(Set.of()),
                first(advertise, outside.addresses(Setting.ADVERTISE)).orElse(List.of()),
                first(bootstrap, outside.addresses(Setting.BOOTSTRAP)).orElse(bootstrapDefault),
                first(root, outside.flag(Setting.ROOT)).orElse(false),
                first(relay, outside.flag(Setting.RELAY)).orElse(false),
                who,
                first(udp, outside.flag(Setting.UDP)).orElse(true),
                first(lan, outside.lan(Setting.LAN_DISCOVERY)).orElse(LanOptions.OFF),
                first(insecure, outside.flag(Setting.INSECURE)).orElse(false));
    }

    private EdgeOptions edgeOptions(OutsideSettings outside) {
        return new EdgeOptions(
                first(keepAlive, outside.duration(Setting.KEEP_ALIVE)).orElse(EdgeOptions.DEFAULT_KEEP_ALIVE),
                first(deadAfter, outside.duration(Setting.DEAD_AFTER)).orElse(EdgeOptions.DEFAULT_DEAD_AFTER),
                first(reconnections, outside.number(Setting.RECONNECTIONS)).orElse(EdgeOptions.UNLIMITED),
                first(maxConnections, outside.number(Setting.MAX_CONNECTIONS))
                        .orElse(EdgeOptions.DEFAULT_MAX_CONNECTIONS),
                first(maxFrame, outside.number(Setting.MAX_FRAME)).orElse(EdgeOptions.DEFAULT_MAX_FRAME));
    }

    private static <V> Optional<V> first(@Nullable V said, Optional<V> outside) {
        return said != null ? Optional.of(said) : outside;
    }

    private static List<Address> parse(String... addresses) {
        return Arrays.stream(addresses).map(Address::parse).toList();
    }
}
