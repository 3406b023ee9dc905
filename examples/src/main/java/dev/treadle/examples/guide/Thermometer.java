package dev.treadle.examples.guide;

import dev.treadle.Async;
import dev.treadle.AsyncGenerator;
import dev.treadle.Future;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;

/// Readings that a library publishes, smoothed, and handed to another: `docs/bridges.md`.
public final class Thermometer {
    private final PrintStream out;

    Thermometer(PrintStream out) {
        this.out = out;
    }

    /// Prints the smoothed readings.
    ///
    /// @param args not used
    public static void main(String[] args) {
        new Thermometer(System.out).run();
    }

    static AsyncGenerator<Double> smoothed(Flow.Publisher<Double> readings) {
        return AsyncGenerator.of(y -> {
            AsyncGenerator<Double> source = AsyncGenerator.from(readings, 8);
            try {
                double smooth = source.anext().await();
                while (source.hasNext().await()) {
                    smooth = (smooth + source.next()) / 2;
                    y.yield(smooth);
                }
            } finally {
                source.aclose().await(); // which cancels the subscription
            }
        });
    }

    void run() {
        try (SubmissionPublisher<Double> sensor = new SubmissionPublisher<>()) {
            Async.run(() -> {
                CompletableFuture<Void> over = new CompletableFuture<>();
                smoothed(sensor).toPublisher().subscribe(new Display(over));

                var library = CompletableFuture.runAsync(() -> publish(sensor));
                Future.from(library).await();
                Future.from(over).await();
            });
        }
    }

    private static void publish(SubmissionPublisher<Double> sensor) {
        while (!sensor.hasSubscribers()) {
            Thread.onSpinWait();
        }
        for (double reading : new double[] {20, 22, 23, 24}) {
            sensor.submit(reading);
        }
        sensor.close();
    }

    /// What another library would subscribe with.
    private final class Display implements Flow.Subscriber<Double> {
        private final CompletableFuture<Void> over;

        Display(CompletableFuture<Void> over) {
            this.over = over;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Double degrees) {
            out.println(degrees + " degrees");
        }

        @Override
        public void onError(Throwable failure) {
            over.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            over.complete(null);
        }
    }
}
