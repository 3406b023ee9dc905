module com.example {
    requires dev.treadle;
}
