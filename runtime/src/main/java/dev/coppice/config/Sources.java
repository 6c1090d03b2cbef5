package dev.coppice.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// Where a configuration is read from. All paths are absolute.
///
/// @param folder where the user stands
/// @param root the repository's root; without a repository the same as `folder`
/// @param named the file of `--config`
/// @param home the user's home folder
/// @param environment the environment's variables
/// @param flags what was given on the command line, with its dashes: `--max-workers` → `5`; a flag
///     without a value has `true`; see [#FLAGS]
/// @param isTracked whether git tracks a file
public record Sources(
        Path folder,
        Path root,
        Optional<Path> named,
        Path home,
        Map<String, String> environment,
        SequencedMap<String, String> flags,
        Predicate<Path> isTracked) {
    /// The flags that set a key. `--model` is not among them, since its key depends on `--agent`: it
    /// sets the default agent's model.
    public static final Map<String, String> FLAGS =
            Map.ofEntries(
                    Map.entry("--agent", Keys.DEFAULT_AGENT.path()),
                    Map.entry("--lead-agent", Keys.LEAD_AGENT.path()),
                    Map.entry("--max-workers", Keys.MAX_WORKERS.path()),
                    Map.entry("--timeout", Keys.DEFAULT_TIMEOUT.path()),
                    Map.entry("--job-timeout", Keys.JOB_TIMEOUT.path()),
                    Map.entry("--idle-timeout", Keys.IDLE_TIMEOUT.path()),
                    Map.entry("--max-retries", Keys.MAX_RETRIES.path()),
                    Map.entry("--max-depth", Keys.MAX_DEPTH.path()),
                    Map.entry("--budget-usd", Keys.BUDGET_USD.path()),
                    Map.entry("--target", Keys.TARGET.path()),
                    Map.entry("--integrate", Keys.RESULT.path()),
                    Map.entry("--isolation", Keys.ISOLATION.path()),
                    Map.entry("--keep", Keys.KEEP.path()),
                    Map.entry("--host", Keys.HOST.path()),
                    Map.entry("--port", Keys.PORT.path()));

    /// The flag that sets the default agent's model.
    public static final String MODEL_FLAG = "--model";

    /// The configuration that is found where the user stands.
    Path folderFile() {
        return folder.resolve("config.yaml");
    }

    /// Whether `file` was found there, and not named.
    boolean isFolderFile(Path file) {
        return named.isEmpty() && file.equals(folderFile());
    }

    public Sources {
        environment = Map.copyOf(environment);
        flags = new LinkedHashMap<>(flags);
        for (String flag : flags.keySet()) {
            if (!FLAGS.containsKey(flag) && !flag.equals(MODEL_FLAG)) {
                throw new IllegalArgumentException("no flag of the configuration: " + flag);
            }
        }
    }
}
