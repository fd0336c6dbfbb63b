package io.chaski.examples.fileshare;

import io.chaski.remote.Idempotent;

/** What each peer serves to newcomers. */
interface Discovery {

    /** Answers a newcomer. */
    @Idempotent
    Welcome hello();
}
