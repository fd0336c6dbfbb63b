package io.chaski.remote.internal.directory;

import io.chaski.remote.ServiceEvent;

/** What the protocol wants done. */
interface Outbox {

    /** Publishes on the system topic. */
    void say(Announcement announcement);

    /** Tells the listeners. */
    void emit(ServiceEvent event);
}
