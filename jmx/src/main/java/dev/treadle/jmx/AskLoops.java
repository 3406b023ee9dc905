package dev.treadle.jmx;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/// A command that asks the loops of another process of this machine what they are doing.
///
/// ```
/// java -cp treadle-jmx.jar:treadle-api.jar dev.treadle.jmx.AskLoops pstree 4711
/// ```
///
/// The process must have `treadle-jmx` on its class path or module path, and belong to the same
/// user.
///
/// Source of the semantics: `python -m asyncio ps` and `pstree`, of Python 3.14.
public final class AskLoops {
    private static final String USAGE =
            """
            usage: AskLoops ps|pstree|json PID [LOOP]
              ps      the tasks of each loop as a table
              pstree  the tasks of each loop as trees, each below who awaits it
              json    the tasks of each loop as JSON, one line a loop
              PID     the process to ask, as jcmd lists it
              LOOP    the name of a loop; all loops if it is left out\
            """;

    private static final Map<String, Question> QUESTIONS =
            Map.of(
                    "ps", new Question("ps"),
                    "pstree", new Question("pstree"),
                    "json", new Question("json", Integer.MAX_VALUE));

    /// An operation of [EventLoopMXBean] and its argument.
    private record Question(String operation, @Nullable Integer argument) {
        Question(String operation) {
            this(operation, null);
        }

        Object ask(MBeanServerConnection server, ObjectName loop) throws JMException, IOException {
            return argument == null
                    ? server.invoke(loop, operation, new Object[0], new String[0])
                    : server.invoke(loop, operation, new Object[] {argument}, new String[] {"int"});
        }
    }

    private final PrintStream out;
    private final PrintStream err;

    AskLoops(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /// Asks, prints the answer, and exits: with 0 if there was one, 1 if not, 2 if the question was
    /// not understood.
    ///
    /// @param arguments what to ask, the process, and, if wanted, the loop
    public static void main(String[] arguments) {
        System.exit(new AskLoops(System.out, System.err).run(List.of(arguments)));
    }

    int run(List<String> arguments) {
        Question question = arguments.isEmpty() ? null : QUESTIONS.get(arguments.get(0));
        if (question == null || arguments.size() < 2 || arguments.size() > 3) {
            err.println(USAGE);
            return 2;
        }
        String process = arguments.get(1);
        try (JMXConnector connector = connect(process)) {
            return ask(
                    question,
                    arguments.size() == 3 ? LoopMBeans.name(arguments.get(2)) : null,
                    connector.getMBeanServerConnection(),
                    process);
        } catch (AttachNotSupportedException | IOException | JMException e) {
            err.println("cannot ask process " + process + ": " + e.getMessage());
            return 1;
        }
    }

    @SuppressWarnings(
            "BanJNDI") // the address comes from the process itself, and leads nowhere else
    private static JMXConnector connect(String process)
            throws AttachNotSupportedException, IOException {
        VirtualMachine machine = VirtualMachine.attach(process);
        try {
            return JMXConnectorFactory.connect(
                    new JMXServiceURL(machine.startLocalManagementAgent()));
        } finally {
            machine.detach();
        }
    }

    private int ask(
            Question question,
            @Nullable ObjectName wanted,
            MBeanServerConnection server,
            String process)
            throws JMException, IOException {
        ObjectName pattern =
                wanted != null ? wanted : new ObjectName("dev.treadle:type=EventLoop,*");
        var loops = new TreeSet<>(server.queryNames(pattern, null));
        if (loops.isEmpty()) {
            err.println(
                    "process "
                            + process
                            + (wanted == null
                                    ? " has no loop, or has not got treadle-jmx on its class path"
                                    : " has no loop " + wanted));
            return 1;
        }
        for (ObjectName loop : loops) {
            out.println(question.ask(server, loop));
        }
        return 0;
    }
}
