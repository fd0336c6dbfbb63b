module com.example.outside {
    requires io.chaski.streamer;
}
