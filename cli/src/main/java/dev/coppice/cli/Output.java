package dev.coppice.cli;

import dev.coppice.process.StandardOutput;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/// What the program prints: answers on standard output, all else on standard error. Safe for use by many
/// threads.
final class Output {
    private final PrintStream out;
    private final PrintStream err;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private boolean goesOnAlone;
    private boolean isGone;

    Output(OutputStream out, OutputStream err) {
        this.out = new PrintStream(new BufferedOutputStream(out), false, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    }

    static Output ofThisProcess() {
        return new Output(
                new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    /// From now on a reader that has gone away is no reason to end: what would be printed is dropped.
    void goOnAlone() {
        lock.lock();
        try {
            goesOnAlone = true;
        } finally {
            lock.unlock();
        }
    }

    /// Prints `text` as it is, and at once.
    ///
    /// @throws ReaderGone where nobody reads it
    void print(String text) {
        lock.lock();
        try {
            if (!isGone) {
                out.print(text);
                out.flush();
                isGone = out.checkError();
            }
            if (isGone && !goesOnAlone) {
                throw new ReaderGone();
            }
        } finally {
            lock.unlock();
        }
    }

    /// For who waits for something to print.
    ///
    /// @throws ReaderGone where nobody would read it
    void requireReader() {
        lock.lock();
        try {
            if (!goesOnAlone && StandardOutput.isUnread()) {
                throw new ReaderGone();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Prints a line, see [#print].
    void line(String line) {
        print(line + "\n");
    }

    /// Tells something that is no part of the answer.
    void say(String line) {
        err.println("coppice: " + line);
    }
}
