package dev.coppice.process;

import java.nio.charset.StandardCharsets;

/// What a [Command] left: how it ended and all it wrote, which is part of it when it was ended by
/// us.
public final class Finished {
    private final Exit exit;
    private final byte[] stdout;
    private final String stderr;

    Finished(Exit exit, byte[] stdout, String stderr) {
        this.exit = exit;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    public Exit exit() {
        return exit;
    }

    /// Whether it ended by itself with code 0.
    public boolean isSuccess() {
        return exit.isSuccess();
    }

    /// [Exit#code()].
    public int exitCode() {
        return exit.code();
    }

    /// The bytes of standard output themselves, not a copy.
    public byte[] stdout() {
        return stdout;
    }

    /// Standard output read as UTF-8; what is not UTF-8 becomes U+FFFD.
    public String stdoutText() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    /// Standard error read as UTF-8; what is not UTF-8 becomes U+FFFD.
    public String stderr() {
        return stderr;
    }

    @Override
    public String toString() {
        return exit + (stderr.isBlank() ? "" : ": " + stderr.strip());
    }
}
