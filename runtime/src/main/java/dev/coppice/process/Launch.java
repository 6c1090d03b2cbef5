package dev.coppice.process;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A child to start and to answer for.
///
/// @param argv the program and its arguments; never read by a shell. A program without a slash is
///     looked up in the environment's `PATH` (without one: `/usr/bin:/bin`), one with a slash
///     relative to the directory
/// @param environment complete but for the marker: nothing of this process's own is added
/// @param marker of this child alone
public record Launch(
        List<String> argv,
        Path directory,
        Map<String, String> environment,
        ChildFiles files,
        Marker marker,
        Limits limits) {
    public Launch {
        argv = Checks.argv(argv);
        directory = directory.toAbsolutePath();
        Map<String, String> marked = new HashMap<>(environment);
        marked.put(marker.name(), marker.value());
        environment = Checks.environment(marked);
    }
}
