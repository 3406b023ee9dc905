package dev.treadle.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// The application as it is started, asked as Prometheus asks.
class GreeterApplicationTest {
    private static ConfigurableApplicationContext application;
    private static HttpClient client;

    @BeforeAll
    @Timeout(value = 5, unit = TimeUnit.MINUTES) // it takes its time on a machine that is busy
    static void start() {
        application =
                SpringApplication.run(
                        GreeterApplication.class,
                        "--server.port=0",
                        "--management.metrics.tags.application=shop");
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        application.close();
    }

    private static String get(String path) throws IOException, InterruptedException {
        String port = application.getEnvironment().getProperty("local.server.port");
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void showsItsLoopWithNoCode() throws IOException, InterruptedException {
        assertThat(get("/hello/ada")).isEqualTo("hello ada");

        assertThat(get("/actuator/prometheus"))
                .contains(
                        "treadle_task_spawned_total{application=\"shop\",loop=\"greeter\",scheduler=\"single\"} 1.0")
                .contains(
                        "treadle_loop_running{application=\"shop\",loop=\"greeter\",scheduler=\"single\"} 1.0")
                .contains("treadle_timer_fired_total{")
                .contains("treadle_loop_lag_seconds_bucket{")
                .contains("treadle_loop_blocked_seconds{")
                .contains("treadle_loop_queue_depth{");
    }
}
