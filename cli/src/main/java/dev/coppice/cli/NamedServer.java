package dev.coppice.cli;

import dev.coppice.runtime.Surroundings;
import dev.coppice.server.access.LocalKey;
import dev.coppice.server.rest.RestServer;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/// The server that the environment names, and the key that is sent to it.
record NamedServer(URI address, String key) {
    static final String URL = "COPPICE_API_URL";
    static final String KEY = "COPPICE_API_KEY";

    private static final Pattern ADDRESS =
            Pattern.compile("https?://([\\w.-]+|\\[[\\da-f:]+])(:\\d{1,5})?/?");

    /// Whether there is one.
    static boolean isNamed(Surroundings world) {
        return variable(world, URL).isPresent();
    }

    /// Empty where none is named.
    static Optional<NamedServer> of(Surroundings world) {
        return variable(world, URL).map(address -> named(world, address));
    }

    private static NamedServer named(Surroundings world, String address) {
        if (!ADDRESS.matcher(address).matches()) {
            throw CommandFailure.of(
                    ExitCode.INVALID,
                    URL,
                    "It must have the form http://HOST:PORT, not " + address);
        }
        URI server = URI.create(address);
        return new NamedServer(server, key(world, server));
    }

    /// The key that is given, else the one that servers on this machine make for its user; that one goes nowhere else.
    private static String key(Surroundings world, URI server) {
        return variable(world, KEY)
                .or(() ->
                        RestServer.isLoopback(server.getHost())
                                ? LocalKey.in(world.coppiceHome()).find()
                                : Optional.empty())
                .orElseThrow(() ->
                        CommandFailure.of(
                                ExitCode.UNUSABLE,
                                KEY,
                                "The server that %s names wants a key: set %s to one that `coppice keys add NAME` made there."
                                        .formatted(URL, KEY)));
    }

    private static Optional<String> variable(Surroundings world, String name) {
        return Optional.ofNullable(world.environment().get(name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }
}
