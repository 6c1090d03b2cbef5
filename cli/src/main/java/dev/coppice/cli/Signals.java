package dev.coppice.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/// Signals of the operating system. The JDK's own door to them, `sun.misc.Signal`, is supported but not
/// standard, and naming it in code is a warning that can't be silenced: so it is looked up.
final class Signals {
    private Signals() {}

    /// From now on `happened` is told the number of each signal of this name (`INT`), on a thread of the
    /// JDK's.
    static void handle(String name, IntConsumer happened) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (_, _, arguments) -> {
                                happened.accept(number(arguments[0]));
                                return null;
                            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InstantiationException
                | InvocationTargetException e) {
            throw new IllegalStateException("signal " + name + " can't be handled", e);
        }
    }

    private static int number(Object signal) throws ReflectiveOperationException {
        return (int) signal.getClass().getMethod("getNumber").invoke(signal);
    }
}
