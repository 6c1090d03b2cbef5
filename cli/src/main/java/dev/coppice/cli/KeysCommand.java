package dev.coppice.cli;

import dev.coppice.report.Figures;
import dev.coppice.server.access.AccessException;
import dev.coppice.server.access.Keys;
import dev.coppice.server.access.Scope;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/// `keys`: those that let others call the server. A key is shown once, when it is made.
final class KeysCommand implements Action {
    private static final String SCOPE = "--scope";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .optional("WHAT", "list (which is what happens without it), add, rotate or revoke")
                .optional("NAME", "The key's name")
                .value(SCOPE, "SCOPE", "What a new key may do: " + scopes() + "; submit by default")
                .flag(Options.JSON, "Print one JSON document");
    }

    private static String scopes() {
        return Stream.of(Scope.values()).map(Scope::wire).collect(Collectors.joining(", "));
    }

    @Override
    public int run(Invocation call) {
        Keys keys = new Keys(call.world().coppiceHome(), call.world().clock());
        try {
            switch (call.parameter(0).orElse("list")) {
                case "list" -> list(call, keys.list());
                case "add" -> tell(call, add(call, keys));
                case "rotate" -> tell(call, there(call, keys.rotate(name(call))));
                case "revoke" -> revoke(call, keys);
                case String other ->
                        throw CommandFailure.of(
                                ExitCode.INVALID,
                                other,
                                "Say list, add NAME, rotate NAME or revoke NAME.");
            }
        } catch (AccessException e) {
            throw CommandFailure.of(ExitCode.UNUSABLE, "keys", String.valueOf(e.getMessage()));
        }
        return ExitCode.DONE.number();
    }

    private static String name(Invocation call) {
        String name = call.parameter(1).orElse("");
        if (!Keys.isName(name)) {
            throw CommandFailure.of(
                    ExitCode.INVALID,
                    name,
                    "A key's name has 1 to 64 letters, digits, \".\", \"_\" or \"-\", and is not local.");
        }
        return name;
    }

    private static String add(Invocation call, Keys keys) {
        String asked = call.value(SCOPE).orElse(Scope.SUBMIT.wire());
        Scope scope =
                Scope.of(asked)
                        .orElseThrow(() ->
                                CommandFailure.of(
                                        ExitCode.INVALID, SCOPE, "There are: " + scopes() + "."));
        return keys.add(name(call), scope)
                .orElseThrow(() ->
                        CommandFailure.of(
                                ExitCode.INVALID,
                                name(call),
                                "There is a key of this name. Take another, or rotate it."));
    }

    private static <T> T there(Invocation call, Optional<T> key) {
        return key.orElseThrow(() ->
                CommandFailure.of(
                        ExitCode.UNKNOWN,
                        name(call),
                        "There is no such key. `coppice keys list` shows them."));
    }

    private static void tell(Invocation call, String secret) {
        String name = name(call);
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(Json.object("name", name, "key", secret))
                                : secret);
        call.out().say("keep the key of " + name + " now: it is not shown again");
    }

    private static void revoke(Invocation call, Keys keys) {
        there(call, Optional.of(name(call)).filter(keys::revoke));
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(Json.object("revoked", name(call)))
                                : "revoked " + name(call));
    }

    private static void list(Invocation call, List<Keys.Entry> keys) {
        if (call.isJson()) {
            call.out()
                    .line(
                            Json.write(
                                    Json.object(
                                            "keys",
                                            keys.stream()
                                                    .map(key ->
                                                            Json.object(
                                                                    "name",
                                                                    key.name(),
                                                                    "scope",
                                                                    key.scope().wire(),
                                                                    "made",
                                                                    key.made()))
                                                    .toList())));
            return;
        }
        if (keys.isEmpty()) {
            call.out().line("There are no keys yet. Make one with: coppice keys add NAME");
        }
        keys.forEach(key ->
                call.out()
                        .line(
                                "%-20s %-7s %s"
                                        .formatted(
                                                key.name(),
                                                key.scope().wire(),
                                                Figures.moment(key.made(), call.zone()))));
    }
}
