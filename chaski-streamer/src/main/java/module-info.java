/** Streams of topics, work queues, files and storage on top of topics and streams. */
module io.chaski.streamer {
    requires transitive io.chaski.core;
    requires com.h2database.mvstore;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.chaski.streamer;
    exports io.chaski.streamer.file;
    exports io.chaski.streamer.work;
}
