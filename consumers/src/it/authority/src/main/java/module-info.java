module com.example.outside {
    requires io.chaski.ca;
}
