package dev.treadle.examples.spring;

import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/// The application: one loop, and who greets by it.
///
/// There is no word of metrics here. `treadle-metrics` is on the class path, and so the loop is in
/// `/actuator/prometheus`.
@SpringBootApplication
public class GreeterApplication {

    /// Starts the application.
    ///
    /// @param args what Spring Boot understands
    public static void main(String[] args) {
        SpringApplication.run(GreeterApplication.class, args);
    }

    @Bean
    RunningLoop loop() {
        return new RunningLoop(EventLoop.create(LoopConfig.defaults().withName("greeter")));
    }
}
