package dev.coppice.library.envelope;

import java.io.Serializable;
import java.util.List;

/// A program that ran to its end.
///
/// @param command what was started
/// @param output all of its standard output, as UTF-8
/// @param errors all of its standard error, as UTF-8
public record CompletedProcess(List<String> command, int exitCode, String output, String errors)
        implements Serializable {
    public CompletedProcess {
        command = List.copyOf(command);
    }
}
