package dev.treadle.benchmarks.contestants;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// An event loop of Netty.
@State(Scope.Benchmark)
public class NettyLoop {
    /// Which.
    @Param({"NETTY_NIO", "NETTY_DEFAULT"})
    public Peer on = Peer.NETTY_DEFAULT;

    private EventLoop loop = new DefaultEventLoop();

    /// Makes the loop.
    @Setup
    public void open() {
        if (on == Peer.NETTY_NIO) {
            loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();
        }
    }

    /// {@return the loop}
    public EventLoop loop() {
        return loop;
    }

    /// Ends its thread.
    @TearDown
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
