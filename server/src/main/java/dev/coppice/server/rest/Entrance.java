package dev.coppice.server.rest;

import dev.coppice.client.ProblemDocument;
import dev.coppice.client.Wire;
import dev.coppice.server.access.Access;
import dev.coppice.server.access.Caller;
import dev.coppice.server.access.Scope;
import dev.coppice.server.jobs.Fault;
import dev.coppice.server.jobs.Rights;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where every call comes in: finds its route, asks who calls, counts, answers, and notes what is to be noted. Each call
/// has a virtual thread of its own.
final class Entrance extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);
    private static final String NO_ROUTE = "none";

    /// Who has no key does not learn what there is.
    private static final Route.Door KEYED = new Route.Door.Keyed(Scope.READ);

    private static final List<String> LOCAL_NAMES = List.of("localhost", "ip6-localhost");

    private final List<Route> routes;
    private final Access access;
    private final RateLimit limit;
    private final boolean isStatusOpen;
    private final Patience patience;
    private final AuditLog audit;
    private final Metrics metrics;

    Entrance(
            List<Route> routes,
            Access access,
            RateLimit limit,
            boolean isStatusOpen,
            Patience patience,
            AuditLog audit,
            Metrics metrics) {
        this.routes = routes;
        this.access = access;
        this.limit = limit;
        this.isStatusOpen = isStatusOpen;
        this.patience = patience;
        this.audit = audit;
        this.metrics = metrics;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        long begun = System.nanoTime();
        Exchange exchange = new Exchange(request, response, patience, audit);
        Optional<Route> route = Optional.empty();
        try {
            route = routes.stream().filter(each -> isAsked(each, exchange)).findFirst();
            answer(exchange, route);
            callback.succeeded();
        } catch (IOException e) {
            callback.failed(e); // the caller went away, and nobody is left to be told
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            callback.failed(e);
        } finally {
            exchange.note(); // where it has no answer
            metrics.answered(
                    route.isPresent() ? exchange.method() : "any",
                    route.map(Route::path).orElse(NO_ROUTE),
                    exchange.status(),
                    exchange.isStream(),
                    System.nanoTime() - begun);
        }
        return true;
    }

    private static boolean isAsked(Route route, Exchange exchange) {
        String method = exchange.isHead() ? Exchange.GET : exchange.method();
        return route.method().equals(method) && route.match(exchange.path()).isPresent();
    }

    private void answer(Exchange exchange, Optional<Route> route)
            throws IOException, InterruptedException {
        try {
            admit(exchange, route.map(Route::door).orElseGet(() -> doorOfPath(exchange)));
            Route found = route.orElseThrow(() -> nowhere(exchange));
            exchange.matched(found.match(exchange.path()).orElseThrow(), found.queries());
            found.action().answer(exchange);
        } catch (Fault fault) {
            tell(exchange, fault);
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", exchange.method(), exchange.path(), e);
            tell(
                    exchange,
                    Fault.of(
                            Fault.Kind.INTERNAL,
                            "Something went wrong in the server; its log has more."));
        }
    }

    /// Who asks a path by a method that it does not know is told so where it may come in by another.
    private Route.Door doorOfPath(Exchange exchange) {
        return routes.stream()
                .filter(route -> route.match(exchange.path()).isPresent())
                .map(Route::door)
                .filter(Route.Door.Shared.class::isInstance)
                .findFirst()
                .orElse(KEYED);
    }

    private static void tell(Exchange exchange, Fault fault) throws IOException {
        if (exchange.isAnswered()) {
            throw new IOException("the answer had begun", fault);
        }
        exchange.fault(fault);
    }

    private Fault nowhere(Exchange exchange) {
        List<String> methods =
                routes.stream()
                        .filter(route -> route.match(exchange.path()).isPresent())
                        .map(Route::method)
                        .flatMap(method ->
                                method.equals(Exchange.GET)
                                        ? Stream.of(method, Exchange.HEAD)
                                        : Stream.of(method))
                        .toList();
        if (methods.isEmpty()) {
            return Fault.of(
                    Fault.Kind.NOT_FOUND, "There is nothing here. /docs lists what there is.");
        }
        exchange.set("Allow", String.join(", ", methods));
        return Fault.of(
                Fault.Kind.METHOD_NOT_ALLOWED,
                "This path knows " + String.join(", ", methods) + ".");
    }

    // ---- who calls ----

    private void admit(Exchange exchange, Route.Door door) {
        boolean isOpen = door instanceof Route.Door.Open;
        Optional<String> secret = secret(exchange);
        Optional<Caller> caller = isOpen ? Optional.empty() : secret.flatMap(access::caller);
        caller.ifPresent(known ->
                exchange.calledBy(known, () -> secret.flatMap(access::caller).equals(caller)));
        if (!isOpen) { // however many others call from the same address, it is seen that the server
            // lives
            count(exchange);
        }
        switch (door) {
            case Route.Door.Open _ -> {}
            case Route.Door.Ajar _ -> {
                if (caller.isEmpty() && (secret.isPresent() || !isOpenTo(exchange))) {
                    throw unknown(secret);
                }
            }
            case Route.Door.Shared(Scope needed) -> {
                Caller known = caller.orElseThrow(() -> unknown(secret));
                if (!(known instanceof Caller.AtWork)) {
                    require(needed, known);
                }
            }
            case Route.Door.Keyed(Scope needed) ->
                    require(needed, caller.orElseThrow(() -> unknown(secret)));
        }
    }

    private static void require(Scope needed, Caller known) {
        switch (known) {
            case Caller.KeyHolder holder -> Rights.require(needed, holder);
            case Caller.AtWork _ ->
                    throw Fault.of(
                            Fault.Kind.FORBIDDEN,
                            "A worker may start jobs, and look at its own and those that it started.");
        }
    }

    private void count(Exchange exchange) {
        String caller = exchange.caller().map(Caller::name).orElse("address " + exchange.address());
        Optional<RateLimit.Refused> refused = limit.take(caller);
        if (refused.isPresent()) {
            if (!refused.get().isFirst()) {
                exchange.passOver();
            }
            throw Fault.later(
                    Fault.Kind.TOO_MANY_REQUESTS,
                    "Too many requests a minute (api.rate_limit).",
                    refused.get().pause());
        }
    }

    private static Fault unknown(Optional<String> secret) {
        return Fault.of(
                Fault.Kind.UNAUTHORIZED,
                secret.isPresent()
                        ? "The key is not valid."
                        : "A key is needed: send it as X-API-Key, or as Authorization: Bearer.");
    }

    /// The secret that came with the call. As the password of a browser's dialogue it serves for looking only, since a
    /// browser sends it along with what other pages ask for.
    private static Optional<String> secret(Exchange exchange) {
        Optional<String> key = exchange.header("X-API-Key");
        if (key.isPresent()) {
            return key;
        }
        String authorization = exchange.header("Authorization").orElse("");
        String[] words = authorization.split(" ", 2);
        if (words.length < 2) {
            return Optional.of(authorization).filter(text -> !text.isEmpty());
        }
        return switch (words[0].toLowerCase(Locale.ROOT)) {
            case "bearer" -> Optional.of(words[1].strip());
            case "basic" -> exchange.isLooking() ? password(words[1]) : Optional.of("");
            default -> Optional.of("");
        };
    }

    private static Optional<String> password(String encoded) {
        try {
            String pair =
                    new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
            return Optional.of(pair.substring(pair.indexOf(':') + 1));
        } catch (IllegalArgumentException _) {
            return Optional.of(""); // which is nobody's
        }
    }

    /// Whether a call without a key comes from this machine itself, and not through something that passes on the calls
    /// of others, as far as that can be seen.
    private boolean isOpenTo(Exchange exchange) {
        return isStatusOpen
                && isLoopback(exchange.address())
                && isLocalName(exchange.header("Host").orElse(""))
                && !exchange.isPassedOn();
    }

    /// Whether a host, perhaps with a port, is named by one of this machine's own names, or by an address of loopback.
    static boolean isLocalName(String host) {
        String name = withoutPort(host);
        return LOCAL_NAMES.contains(name) || isLiteralLoopback(name);
    }

    /// The name in a `Host` header, in lower case.
    static String withoutPort(String host) {
        return host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    }

    private static boolean isLiteralLoopback(String name) {
        try {
            return InetAddress.ofLiteral(name.replaceFirst("^\\[(.*)]$", "$1")).isLoopbackAddress();
        } catch (IllegalArgumentException _) {
            return false; // no literal
        }
    }

    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    // ---- what goes wrong before a call comes in ----

    /// Answers errors of the protocol itself in the same form as all others.
    static boolean answerError(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Fault fault =
                Fault.of(Fault.Kind.of(status), "The server does not take a request of this form.");
        ProblemDocument document = fault.document();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Exchange.PROBLEM);
        ByteBuffer text =
                ByteBuffer.wrap(
                        Wire.write(
                                        new ProblemDocument(
                                                document.type(),
                                                document.title(),
                                                status,
                                                document.detail(),
                                                document.error(),
                                                List.of()))
                                .getBytes(StandardCharsets.UTF_8));
        response.write(true, text, callback);
        return true;
    }
}
