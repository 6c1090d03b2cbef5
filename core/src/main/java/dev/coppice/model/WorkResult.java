package dev.coppice.model;

import java.util.List;
import java.util.Optional;

/// What an attempt brings back, also a failed one.
///
/// @param output the last part of what the agent said, at most [#OUTPUT_MAX] characters
/// @param outputCut whether the whole was longer; it is in the attempt's `output.log`
/// @param branch the branch that holds the work; empty where there is no git or nothing was done
/// @param commit the branch's commit
/// @param files what the commit changes against the attempt's base
public record WorkResult(
        String output,
        boolean outputCut,
        Optional<String> branch,
        Optional<CommitId> commit,
        List<FileChange> files) {
    /// 64 Ki characters.
    public static final int OUTPUT_MAX = 64 * 1024;

    public static final WorkResult NONE =
            new WorkResult("", false, Optional.empty(), Optional.empty(), List.of());

    public WorkResult {
        files = List.copyOf(files);
        if (output.length() > OUTPUT_MAX) {
            throw new IllegalArgumentException(
                    "output of " + output.length() + " characters was not cut");
        }
    }

    /// A result of words alone; what is too long is cut at its beginning.
    public static WorkResult of(String output) {
        Excerpt end = Excerpt.end(output, OUTPUT_MAX);
        return new WorkResult(
                end.text(), end.isCut(), Optional.empty(), Optional.empty(), List.of());
    }
}
