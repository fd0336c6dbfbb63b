package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.remote.Service;
import io.chaski.remote.internal.wire.CallbackName;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What this node serves, by name and version. Thread-safe; whoever looks waits for nobody. */
public final class ServedServices {

    /** As many records of services as a node keeps of all others. */
    static final int MAX_SERVICES = 4_096;

    /** What fits into the message of an exception. */
    private static final int MAX_NAMES_TOLD = 64;

    /** The versions of each name, in maps that are replaced and never changed. Written under the lock. */
    private final Map<String, Map<String, ServedService>> byName = new ConcurrentHashMap<>();

    private final Callbacks callbacks = new Callbacks();
    private final CallRights rights;
    private final Object lock = new Object();

    /** Guarded by {@link #lock}. */
    private int count;

    /**
     * No services yet.
     *
     * @param rights what policies say of callers, and who they are
     */
    public ServedServices(CallRights rights) {
        this.rights = rights;
    }

    /**
     * Whether a node may call a method, by the policies and by the rule of the service. Runs code of the application: not on the
     * event loop.
     *
     * @param service what is called
     * @param name under which name
     * @param caller who calls
     * @param method its name
     */
    boolean mayCall(ServedService service, String name, NodeId caller, String method) {
        return rights.refusalToCall(caller, name, method).isEmpty() && service.isAllowed(caller);
    }

    /** As {@link #mayCall}, for any of its methods. The rule of the service is asked once at most. */
    boolean mayCallAny(ServedService service, NodeId caller) {
        return service.model().methods().stream()
                        .anyMatch(method -> rights.refusalToCall(caller, service.name(), method.name())
                                .isEmpty())
                && service.isAllowed(caller);
    }

    /** What policies say, and who calls. */
    CallRights rights() {
        return rights;
    }

    /**
     * Serves something.
     *
     * @param service under a name and version that is not taken
     * @return ends it; calls that have begun go on
     * @throws IllegalStateException if the name and version are taken, or there are 4,096 services already
     */
    public Registration add(ServedService service) {
        synchronized (lock) {
            Map<String, ServedService> before = byName.getOrDefault(service.name(), Map.of());
            if (count >= MAX_SERVICES) {
                throw new IllegalStateException("a node serves at most " + MAX_SERVICES + " services");
            }
            if (before.containsKey(service.version())) {
                throw new IllegalStateException("a service of this name is served already: "
                        + service.announced().label());
            }
            Map<String, ServedService> now = new LinkedHashMap<>(before);
            now.put(service.version(), service);
            byName.put(service.name(), now);
            count++;
        }
        return () -> remove(service);
    }

    private void remove(ServedService service) {
        synchronized (lock) {
            Map<String, ServedService> now = new LinkedHashMap<>(byName.getOrDefault(service.name(), Map.of()));
            if (!now.remove(service.version(), service)) {
                return;
            }
            count--;
            if (now.isEmpty()) {
                byName.remove(service.name());
            } else {
                byName.put(service.name(), now);
            }
        }
    }

    /**
     * Checks a name that somebody wants to call.
     *
     * @param name any text
     * @throws IllegalArgumentException if nothing can have this name
     */
    public static void checkName(String name) {
        var unused = new Service(name, "", 0);
    }

    /**
     * Checks a name that an application wants to serve.
     *
     * @param name any text
     * @throws IllegalArgumentException if it cannot be announced, or is one of the library's
     */
    static void checkOwnName(String name) {
        checkName(name);
        if (name.startsWith(CallbackName.RESERVED)) {
            throw new IllegalArgumentException(
                    "names that begin with " + CallbackName.RESERVED + " are those of the library: '" + name + "'");
        }
    }

    /** What is served, sorted by name. */
    public List<ServedService> all() {
        return byName.values().stream()
                .flatMap(versions -> versions.values().stream())
                .filter(service -> !service.name().startsWith(CallbackName.RESERVED))
                .sorted(Comparator.comparing(ServedService::announced))
                .toList();
    }

    /** What is served for the duration of calls. */
    public Callbacks callbacks() {
        return callbacks;
    }

    /**
     * What is served under a name, or null; of callbacks nobody is told.
     *
     * @param name any text
     * @param version which version; empty for the one without, or else the only one there is
     */
    @Nullable
    ServedService find(String name, String version) {
        Map<String, ServedService> versions = byName.get(name);
        if (versions == null) {
            return null;
        }
        ServedService exact = versions.get(version);
        boolean isAny = version.isEmpty() && versions.size() == 1;
        return exact == null && isAny ? versions.values().iterator().next() : exact;
    }

    /** As {@link #find}, callbacks included. */
    @Nullable
    ServedService findForCall(String name, String version) {
        return CallbackName.isCallback(name) ? callbacks.find(name) : find(name, version);
    }

    /** Names of services that a node may call, sorted, any 64 of them. Runs code of the application. */
    List<String> namesFor(NodeId caller) {
        return byName.values().stream()
                .flatMap(versions -> versions.values().stream())
                .filter(service -> !service.name().startsWith(CallbackName.RESERVED) && mayCallAny(service, caller))
                .map(ServedService::name)
                .distinct()
                .limit(MAX_NAMES_TOLD) // before they are sorted: no more of them are asked for
                .sorted()
                .toList();
    }

    /** Everything that is served under a name. */
    List<ServedService> versions(String name) {
        return List.copyOf(byName.getOrDefault(name, Map.of()).values());
    }

    /** Serves nothing any more. */
    public void clear() {
        synchronized (lock) {
            byName.clear();
            count = 0;
        }
    }
}
