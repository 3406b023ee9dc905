package dev.treadle.jmx;

import com.google.auto.service.AutoService;
import dev.treadle.EventLoop;
import dev.treadle.spi.LoopObserver;
import java.lang.management.ManagementFactory;
import java.lang.ref.Cleaner;
import java.util.Map;
import java.util.WeakHashMap;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/// Registers an MBean for each loop, as long as the loop is there.
@AutoService(LoopObserver.class)
public final class LoopMBeans implements LoopObserver {
    private static final Cleaner CLEANER =
            Cleaner.create(Thread.ofVirtual().name("treadle-jmx").factory());

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    // Guarded by itself. The entry of a loop that is never closed goes with the loop.
    private final Map<EventLoop, Cleaner.Cleanable> registered = new WeakHashMap<>();

    /// Called by `ServiceLoader`.
    public LoopMBeans() {}

    @Override
    public void loopOpened(EventLoop loop) {
        ObjectName name = register(loop);
        Cleaner.Cleanable unregistering = CLEANER.register(loop, new Unregistering(server, name));
        synchronized (registered) {
            registered.put(loop, unregistering);
        }
    }

    @Override
    public void loopClosed(EventLoop loop) {
        Cleaner.Cleanable unregistering;
        synchronized (registered) {
            unregistering = registered.remove(loop);
        }
        if (unregistering != null) {
            unregistering.clean();
        }
    }

    /// Takes the first name that is free: several loops may have one name.
    private ObjectName register(EventLoop loop) {
        LoopMBean bean = new LoopMBean(loop);
        for (int number = 1; ; number++) {
            try {
                ObjectName name = name(number == 1 ? loop.name() : loop.name() + "-" + number);
                server.registerMBean(bean, name);
                return name;
            } catch (InstanceAlreadyExistsException e) {
                // the next number
            } catch (JMException e) {
                throw new IllegalStateException("cannot register loop " + loop.name(), e);
            }
        }
    }

    /// The name under which a loop is registered.
    static ObjectName name(String loop) throws MalformedObjectNameException {
        boolean plain = loop.matches("[\\w .@/-]+");
        return new ObjectName(
                "dev.treadle:type=EventLoop,name=" + (plain ? loop : ObjectName.quote(loop)));
    }

    private record Unregistering(MBeanServer server, ObjectName name) implements Runnable {

        @Override
        public void run() {
            try {
                server.unregisterMBean(name);
            } catch (InstanceNotFoundException e) {
                // somebody else has unregistered it, which is what is wanted
            } catch (JMException e) {
                throw new IllegalStateException("cannot unregister " + name, e);
            }
        }
    }
}
