package dev.coppice.config;

import dev.coppice.model.Settings;
import dev.coppice.plan.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How Coppice is to run here.
///
/// @param settings what a job takes with it
/// @param storeUrl a JDBC URL; unset: the place that depends on the repository
/// @param secrets values that must never be shown, for the one place that masks them
/// @param effective every key with its value, secrets masked, and where that comes from
/// @param warnings what the user should hear nevertheless
/// @param files the files that were read, in their order
/// @param keyFiles those of them in which the server's key itself stands, which nobody should commit
public record Configuration(
        Settings settings,
        Api api,
        Logging logging,
        Optional<String> storeUrl,
        Set<String> secrets,
        List<Entry> effective,
        List<Problem> warnings,
        List<Path> files,
        List<Path> keyFiles) {
    public Configuration {
        secrets = Set.copyOf(secrets);
        effective = List.copyOf(effective);
        warnings = List.copyOf(warnings);
        files = List.copyOf(files);
        keyFiles = List.copyOf(keyFiles);
    }

    /// Reads the configuration from its sources; of several that give a value the later wins:
    ///
    /// 1. `coppice.yaml` at the repository's root, or, where there is none, a `config.yaml` in the
    ///    current folder, or the file that `--config` names,
    /// 2. `~/.config/coppice/config.yaml`,
    /// 3. `COPPICE_<SECTION>_<KEY>`,
    /// 4. flags.
    ///
    /// Our own folders are from the repository's root where they are not absolute, but for those of a `config.yaml`
    /// in the current folder, which are from there.
    ///
    /// A key is taken as a whole: a list replaces a list. `${NAME}` in a value is taken from the
    /// environment, but not in `checks` and `environment.setup`, whose lines the shell reads.
    public static Loading load(Sources sources) {
        return new ConfigurationReader(sources).read();
    }

    /// The values of those variables whose names tell that they are secrets.
    public static Set<String> secretsIn(Map<String, String> environment) {
        return Set.copyOf(new SecretValues(environment).values());
    }

    /// Without values, since some are secrets.
    @Override
    public String toString() {
        return "configuration from " + files;
    }

    /// The REST server.
    ///
    /// @param port 0: any free one
    /// @param rateLimit requests a minute for each key
    /// @param maxConcurrentJobs root jobs that it takes on at once
    /// @param retention how long the folders of ended jobs are kept; unset: for ever
    /// @param isStatusOpen whether a job's status may be read on loopback without a key
    public record Api(
            String host,
            int port,
            Optional<String> key,
            int rateLimit,
            int maxConcurrentJobs,
            Optional<Duration> retention,
            boolean isStatusOpen) {
        /// Without the key.
        @Override
        public String toString() {
            return "api at " + host + ":" + port;
        }
    }

    /// The log of the server and the command line; a job's is in its folder.
    ///
    /// @param directory an absolute path, or one from the repository's root
    public record Logging(Level level, boolean isStructured, String directory) {}

    public enum Level {
        DEBUG,
        INFO,
        WARNING,
        ERROR
    }

    /// One key as it is in force.
    ///
    /// @param key its path: `workers.max_workers`
    /// @param value as it would be written; empty where it is unset
    /// @param source `default`, `coppice.yaml:3`, `COPPICE_WORKERS_MAX_WORKERS`, `--max-workers`
    public record Entry(String key, String value, String source) {}
}
