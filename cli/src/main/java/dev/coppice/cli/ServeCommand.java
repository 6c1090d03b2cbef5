package dev.coppice.cli;

import dev.coppice.config.Configuration.Api;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.access.Access;
import dev.coppice.server.access.AccessException;
import dev.coppice.server.access.Keys;
import dev.coppice.server.access.LocalKey;
import dev.coppice.server.rest.RestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `serve`: the REST API, until a signal comes.
final class ServeCommand implements Action {
    static final String HOST = "--host";
    static final String PORT = "--port";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .value(HOST, "HOST", "Where to listen; only this machine by default")
                .value(PORT, "PORT", "0: any free one, which is printed")
                .usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            Api api = coppice.configuration().api();
            Path logs = LogFile.open(coppice);
            RestServer.Options options =
                    new RestServer.Options(
                            api.host(),
                            api.port(),
                            logs,
                            RestServer.Options.PATIENCE,
                            RestServer.Options.CONNECTIONS,
                            Main.VERSION,
                            call.world().clock());
            coppice.configuration().warnings().forEach(w -> call.out().say("warning: " + w));
            Interruption interruption = Interruption.of(coppice.engine(), call.out());
            try (RestServer server = RestServer.start(coppice, access(call, api), options)) {
                tell(call, server);
                interruption.await();
                server.layDown();
            }
            return ExitCode.DONE.number();
        } catch (IOException | AccessException e) {
            throw CommandFailure.of(
                    ExitCode.UNUSABLE,
                    "serve",
                    Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
        }
    }

    private static void tell(Invocation call, RestServer server) {
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(Json.object("url", server.address()))
                                : "serving at " + server.address() + " (Ctrl-C ends it)");
        call.out().goOnAlone();
    }

    /// Who may call: on loopback also the user, by a key that is made where none is configured.
    private static Access access(Invocation call, Api api) {
        Keys keys = new Keys(call.world().coppiceHome(), call.world().clock());
        Optional<String> weakness = api.key().flatMap(Access::weakness);
        if (RestServer.isLoopback(api.host())) {
            weakness.ifPresent(weak ->
                    call.out().say("warning: " + weak + "; others on this machine can guess it"));
            LocalKey made = LocalKey.in(call.world().coppiceHome());
            return new Access(keys, api.key().or(() -> Optional.of(made.findOrMake())));
        }
        if (weakness.isPresent()) {
            throw CommandFailure.of(
                    ExitCode.INVALID,
                    "api.api_key",
                    weakness.get()
                            + ", and "
                            + api.host()
                            + " can be reached from other machines. "
                            + "Take one that `coppice keys add NAME` makes, and leave api.api_key out.");
        }
        if (api.key().isEmpty() && keys.list().isEmpty()) {
            throw CommandFailure.of(
                    ExitCode.INVALID,
                    "api.host",
                    api.host()
                            + " can be reached from other machines, and there is no key yet. "
                            + "Make one: coppice keys add NAME");
        }
        return new Access(keys, api.key());
    }
}
