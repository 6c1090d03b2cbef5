package dev.coppice.server.access;

import dev.coppice.model.Worker;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says who calls. The one place where a secret is looked at. Safe for use by many threads.
public final class Access {
    private static final Logger LOG = LoggerFactory.getLogger(Access.class);

    /// The name of the key that the configuration has, or that the server made for itself.
    public static final String LOCAL = "local";

    /// What documents show in a key's place; nobody may be let in by them from another machine.
    private static final List<String> PLACEHOLDERS =
            List.of("your-api-key", "your-secure-api-key", "your-key", "changeme", "secret");

    /// A shorter key can be guessed.
    private static final int LENGTH_MIN = 32;

    /// Stands for the text of a file that can't be read; it is that of no file of keys.
    private static final Optional<String> UNREADABLE = Optional.of("unreadable");

    private final Optional<Keys> keys;
    private final Optional<String> local;
    private final Function<String, Optional<Worker>> workers;
    private volatile Known known;

    /// The keys as they were read last.
    ///
    /// @param text of the file; empty where there was none
    private record Known(Optional<String> text, List<Keys.Entry> entries) {}

    /// Access by the keys in `keys`, and by one more that may do everything.
    ///
    /// @param local the hash is kept, the key is not
    public Access(Keys keys, Optional<String> local) {
        this(Optional.of(keys), local.map(KeySecret::hash), _ -> Optional.empty());
    }

    private Access(
            Optional<Keys> keys,
            Optional<String> localHash,
            Function<String, Optional<Worker>> workers) {
        this.keys = keys;
        this.local = localHash;
        this.workers = workers;
        this.known = new Known(Optional.empty(), List.of());
    }

    /// Access for nobody yet.
    public static Access none() {
        return new Access(Optional.empty(), Optional.empty(), _ -> Optional.empty());
    }

    /// The same, and also for the workers that `workers` knows by their tokens.
    public Access andFor(Function<String, Optional<Worker>> workers) {
        return new Access(keys, local, workers);
    }

    /// What is wrong with `key` as the only thing between a server and everybody; empty: nothing.
    public static Optional<String> weakness(String key) {
        if (PLACEHOLDERS.contains(key)) {
            return Optional.of("api.api_key is an example that stands in documents");
        }
        return key.length() < LENGTH_MIN
                ? Optional.of("api.api_key has fewer than " + LENGTH_MIN + " characters")
                : Optional.empty();
    }

    /// Who has this secret; empty where nobody has.
    public Optional<Caller> caller(String secret) {
        Optional<Caller> found = workers.apply(secret).map(Caller.AtWork::new);
        String hash = KeySecret.hash(secret);
        if (local.isPresent() && KeySecret.isSame(local.get(), hash)) {
            found = Optional.of(new Caller.KeyHolder(LOCAL, Scope.ADMIN));
        }
        // All are compared, so that the time does not tell which one fitted.
        for (Keys.Entry key : entries()) {
            if (KeySecret.isSame(key.sha256(), hash)) {
                found = Optional.of(new Caller.KeyHolder(key.name(), key.scope()));
            }
        }
        return found;
    }

    private List<Keys.Entry> entries() {
        return keys.map(this::entries).orElse(List.of());
    }

    /// Where the file can't be read, those that were read last are good, so that nobody is locked out who has another key.
    private List<Keys.Entry> entries(Keys from) {
        Known now = known;
        Optional<String> text = UNREADABLE;
        try {
            text = from.text();
            if (!now.text().equals(text)) {
                now = new Known(text, text.map(from::entries).orElse(List.of()));
            }
        } catch (AccessException e) {
            if (!now.text().equals(text)) {
                LOG.error("Keys that were changed since are not known", e);
            }
            now = new Known(text, now.entries());
        }
        known = now;
        return now.entries();
    }
}
