package dev.coppice.server.rest;

import dev.coppice.server.jobs.Fault;
import dev.coppice.server.mcp.McpDoor;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/// Messages of the Model Context Protocol, by its streamable HTTP without a session: one message by POST, whose answer is
/// the response. There is no stream to open by GET.
///
/// @param host that the server was told to listen at
/// @param isLoopback whether it listens for this machine alone
record McpCalls(McpDoor door, String host, boolean isLoopback) {
    void answer(Exchange exchange) throws IOException {
        refuseOtherPages(exchange);
        McpDoor.Answer answer = door.answer(exchange.body(), exchange.caller().orElseThrow());
        answer.job().ifPresent(exchange::about);
        exchange.audited(new Exchange.Audited(answer.isChange(), answer.status(), answer.tool()));
        Optional<String> text = answer.text();
        if (text.isPresent()) {
            exchange.text(200, Exchange.JSON, text.get());
        } else {
            exchange.empty(202);
        }
    }

    /// Keeps out what a browser sends for a page of somebody else, also for one that has this machine's address behind
    /// a name of its own.
    private void refuseOtherPages(Exchange exchange) {
        boolean isOurs = exchange.header("Origin").map(McpCalls::isLocal).orElse(true);
        if (!isOurs || (isLoopback && !isOwnName(exchange.header("Host").orElse("")))) {
            throw Fault.of(
                    Fault.Kind.FORBIDDEN,
                    "MCP is not for pages of other hosts; call it by localhost or 127.0.0.1.");
        }
    }

    private boolean isOwnName(String named) {
        return Entrance.isLocalName(named) || Entrance.withoutPort(named).equalsIgnoreCase(host);
    }

    private static boolean isLocal(String origin) {
        try {
            String host = URI.create(origin).getHost();
            return host != null && Entrance.isLocalName(host);
        } catch (IllegalArgumentException _) {
            return false; // `null` and the like
        }
    }
}
