module com.example.outside {
    requires io.chaski.remote;

    opens com.example.outside to
            com.fasterxml.jackson.databind;
}
