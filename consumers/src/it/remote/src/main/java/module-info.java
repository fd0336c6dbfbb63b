module com.example.outside {
    requires io.chaski.remote;

    // Records for the codec, an interface that is served and not exported for the calls.
    opens com.example.outside to
            com.fasterxml.jackson.databind,
            io.chaski.remote;
}
