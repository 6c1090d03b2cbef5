package dev.coppice.process;

/// The room's door: runs programs, and answers for every process they leave. Safe for use by many threads.
public final class Processes implements AutoCloseable {
    private final Starter starter;
    private final Commands commands;

    private Processes(Starter starter) {
        this.starter = starter;
        this.commands = new Commands(starter);
    }

    /// Opens the door for this process. One is enough, and it costs next to nothing until it is used.
    public static Processes open() {
        return new Processes(new BuilderStarter());
    }

    /// Runs a short program to its end, in a session of its own, and returns how it ended and what it wrote.
    /// Its whole process tree is ended when a limit passes or the caller is interrupted.
    ///
    /// @throws CannotStartException when it can't be started; the message names what is missing
    public Finished run(Command command) throws InterruptedException {
        return commands.run(command);
    }

    @Override
    public void close() {
        starter.close();
    }
}
