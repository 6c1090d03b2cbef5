package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.Duty;
import dev.coppice.model.Sha256;
import dev.coppice.model.Worker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The passes by which agents of running attempts are known at the door of this process, where there is
/// one. A pass is good for its attempt and ends with it. Its secret is with the attempt's programs alone;
/// here only its hash is kept. Safe for use by many threads.
public final class Passes {
    /// By this beginning the secret is masked wherever it should not be.
    private static final String PREFIX = "cpt_";

    private static final int BYTES = 32;

    private final SecureRandom chance = new SecureRandom();
    private final Map<String, Worker> bySecretsHash = new ConcurrentHashMap<>();
    private volatile Optional<URI> door = Optional.empty();

    /// What an attempt's programs get.
    ///
    /// @param door the root of what can be called there
    record Issued(URI door, String secret) {}

    /// Whose the secret is; empty where it is nobody's any more.
    public Optional<Worker> holder(String secret) {
        return Optional.ofNullable(bySecretsHash.get(hash(secret)));
    }

    /// From now on attempts get passes, for this door.
    public void open(URI at) {
        door = Optional.of(at);
    }

    /// From now on attempts get no passes.
    public void shut() {
        door = Optional.empty();
    }

    /// A pass for an attempt at a task of the plan; empty for others, and where there is no door.
    Optional<Issued> issue(AttemptOrder order) {
        if (!(order.task().duty() instanceof Duty.Work)) {
            return Optional.empty();
        }
        return door.map(at -> {
            byte[] drawn = new byte[BYTES];
            chance.nextBytes(drawn);
            String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
            Worker worker = new Worker(order.job(), order.task().id(), order.attempt());
            bySecretsHash.put(hash(secret), worker);
            return new Issued(at, secret);
        });
    }

    /// The attempt is over.
    void end(Issued issued) {
        bySecretsHash.remove(hash(issued.secret()));
    }

    private static String hash(String secret) {
        return Sha256.of(secret.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
