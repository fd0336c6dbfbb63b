package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What this node serves, by name. Thread-safe. */
public final class ServedServices {

    /** As many records of services as a node keeps of all others. */
    static final int MAX_SERVICES = 4_096;

    static final int MAX_NAME_LENGTH = 255;

    /** What fits into the message of an exception. */
    private static final int MAX_NAMES_TOLD = 64;

    private final Map<String, ServedService> byName = new ConcurrentHashMap<>();

    /**
     * Serves something.
     *
     * @param service under a name that is not taken
     * @return ends it; calls that have begun go on
     * @throws IllegalArgumentException if the name is empty, too long or has control characters
     * @throws IllegalStateException if the name is taken, or there are 4,096 services already
     */
    public Registration add(ServedService service) {
        checkName(service.name());
        if (byName.size() >= MAX_SERVICES) {
            throw new IllegalStateException("a node serves at most " + MAX_SERVICES + " services");
        }
        if (byName.putIfAbsent(service.name(), service) != null) {
            throw new IllegalStateException("a service of this name is served already: " + service.name());
        }
        return () -> byName.remove(service.name(), service);
    }

    /**
     * Checks the name of a service.
     *
     * @param name any text
     * @throws IllegalArgumentException if it is empty, too long or has control characters or half a surrogate pair
     */
    public static void checkName(String name) {
        boolean isPlain = name.codePoints()
                .noneMatch(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE);
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || !isPlain) {
            throw new IllegalArgumentException("the name of a service has 1 to " + MAX_NAME_LENGTH
                    + " characters and no control characters: '" + name + "'");
        }
    }

    /** What is served under a name, or null. */
    @Nullable
    ServedService find(String name) {
        return byName.get(name);
    }

    /** Names of services that a node may call, sorted, any 64 of them. Runs code of the application. */
    List<String> namesFor(NodeId caller) {
        return byName.values().stream()
                .filter(service -> service.isAllowed(caller))
                .map(ServedService::name)
                .limit(MAX_NAMES_TOLD) // before they are sorted: no more of them are asked for
                .sorted()
                .toList();
    }

    /** Removes a service, whoever served it; does nothing if there is none. */
    public void remove(String name) {
        byName.remove(name);
    }

    /** Serves nothing any more. */
    public void clear() {
        byName.clear();
    }
}
