package io.chaski.remote.internal.serve;

import io.chaski.core.Registration;
import io.chaski.remote.internal.directory.ServiceDirectory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the application serves: it can be called, and all nodes that call are told. Thread-safe. */
public final class AnnouncedServices {

    private final ServedServices services;
    private final ServiceDirectory directory;

    /** How each service ends. Bounded by what a node announces. */
    private final Map<ServedService, Registration> ends = new ConcurrentHashMap<>();

    /**
     * Nothing yet.
     *
     * @param services where calls look
     * @param directory where others hear of it
     */
    public AnnouncedServices(ServedServices services, ServiceDirectory directory) {
        this.services = services;
        this.directory = directory;
    }

    /**
     * Serves something. It can be called before anybody hears of it, and until nobody should call it any more.
     *
     * @param service under a name and version that is not taken
     * @return ends it; calls that have begun go on
     * @throws IllegalArgumentException if the name or the version cannot be announced; nothing is served then
     * @throws IllegalStateException if the name and version are taken, or it is more than a node announces; likewise
     */
    public Registration add(ServedService service) {
        ServedServices.checkOwnName(service.name());
        var announced = service.announced();
        Registration served = services.add(service);
        Registration told;
        try {
            told = directory.announce(announced);
        } catch (RuntimeException refused) {
            served.close();
            throw refused;
        }
        ends.put(service, () -> {
            told.close();
            served.close();
        });
        return () -> end(service);
    }

    private void end(ServedService service) {
        Registration end = ends.remove(service);
        if (end != null) {
            end.close();
        }
    }

    /**
     * Serves a name no longer, in whatever version.
     *
     * @param name any text
     */
    public void remove(String name) {
        services.versions(name).forEach(this::end);
    }
}
