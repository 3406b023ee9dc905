package dev.treadle.benchmarks.run;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Counts the JVMs that JMH starts for a row: one for each benchmark and choice of parameters.
final class Combinations {
    private Combinations() {}

    static int of(Class<?> row, boolean oneSize) {
        int count = 0;
        for (Method method : row.getMethods()) {
            if (method.isAnnotationPresent(Benchmark.class)) {
                Set<Class<?>> states = new HashSet<>();
                collect(row, states);
                collect(method, states);
                count += choices(states, oneSize);
            }
        }
        return count;
    }

    private static void collect(Class<?> state, Set<Class<?>> states) {
        if (state.isAnnotationPresent(State.class) && states.add(state)) {
            for (Method method : state.getMethods()) {
                if (method.isAnnotationPresent(Setup.class)) {
                    collect(method, states);
                }
            }
        }
    }

    private static void collect(Method method, Set<Class<?>> states) {
        for (Class<?> parameter : method.getParameterTypes()) {
            collect(parameter, states);
        }
    }

    private static int choices(Set<Class<?>> states, boolean oneSize) {
        int choices = 1;
        for (Class<?> state : states) {
            for (Field field : state.getFields()) {
                Param param = field.getAnnotation(Param.class);
                if (param != null && !(oneSize && field.getName().equals("size"))) {
                    choices *= values(field, param);
                }
            }
        }
        return choices;
    }

    /// An enum without values takes all its constants: JMH then stands a mark for the only one.
    private static int values(Field field, Param param) {
        boolean all = param.value().length == 1 && param.value()[0].equals(Param.BLANK_ARGS);
        return all ? field.getType().getEnumConstants().length : param.value().length;
    }
}
