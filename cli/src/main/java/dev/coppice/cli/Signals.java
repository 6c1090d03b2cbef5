package dev.coppice.cli;

import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/// Signals of the operating system. The JDK's own door to them, `sun.misc.Signal`, is supported but not
/// standard, and naming it in code is a warning that can't be silenced: so it is looked up.
final class Signals {
    private Signals() {}

    /// From now on `happened` is told the number of each signal of this name (`INT`), on a thread of the
    /// JDK's.
    static void handle(String name, IntConsumer happened) {
        become(
                name,
                handler ->
                        Proxy.newProxyInstance(
                                handler.getClassLoader(),
                                new Class<?>[] {handler},
                                (_, _, arguments) -> {
                                    happened.accept(number(arguments[0]));
                                    return null;
                                }));
    }

    /// From now on signals of this name do what they do to any process.
    static void leave(String name) {
        become(name, handler -> handler.getField("SIG_DFL").get(null));
    }

    /// Makes a handler, an instance of the JDK's type for them.
    private interface Making {
        Object of(Class<?> handler) throws ReflectiveOperationException;
    }

    private static void become(String name, Making making) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance(name),
                            making.of(handler));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("signal " + name + " can't be handled", e);
        }
    }

    private static int number(Object signal) throws ReflectiveOperationException {
        return (int) signal.getClass().getMethod("getNumber").invoke(signal);
    }
}
