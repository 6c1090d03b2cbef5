package dev.coppice.server.mcp;

import dev.coppice.client.Wire;
import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.access.Caller;
import dev.coppice.server.jobs.Fault;
import dev.coppice.server.jobs.Jobs;
import dev.coppice.server.jobs.Views;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Answers messages of the protocol, whatever brought them. Nothing is kept between two of them. Safe for use by many
/// threads.
public final class McpDoor {
    private static final Logger LOG = LoggerFactory.getLogger(McpDoor.class);
    private static final McpJsonMapper MAPPER = new JacksonMcpJsonMapper(JsonMapper.shared());

    /// Under this name the SDK hands our handlers the call that they answer.
    private static final String CALL = "call";

    private static final int OK = 200;

    private static final String INSTRUCTIONS =
            "Coppice runs fleets of coding agents on one git repository. A worker that Coppice started shares findings"
                    + " with the others (post_discovery) and may start a job for a task that is too big"
                    + " (start_child_job). Others start jobs, follow them, or do a job's tasks themselves (claim_task).";

    private final Tools tools;
    private final Resources resources;
    private final String version;
    // Guarded by this.
    private @Nullable McpStatelessServerHandler handler;

    /// What became of a message.
    ///
    /// @param text of the answer, on one line; empty where the message needs none
    /// @param isChange whether it was to change something worth noting
    /// @param status how it went, in the numbers of HTTP
    /// @param tool that was called
    /// @param job that it was about
    public record Answer(
            Optional<String> text,
            boolean isChange,
            int status,
            Optional<String> tool,
            Optional<JobId> job) {}

    /// A door to this repository's jobs.
    ///
    /// @param version of the program
    public McpDoor(Coppice coppice, Jobs jobs, Views views, InstantSource clock, String version) {
        this.tools = new Tools(coppice, jobs, views, clock);
        this.resources = new Resources(coppice, jobs, views);
        this.version = version;
    }

    /// Built for the first message: who calls by REST alone need not wait until the SDK is loaded.
    private synchronized McpStatelessServerHandler handler() {
        McpStatelessServerHandler built = handler;
        if (built == null) {
            built = build();
            handler = built;
        }
        return built;
    }

    private McpStatelessServerHandler build() {
        Transport transport = new Transport();
        McpServer.StatelessSyncSpecification server =
                McpServer.sync(transport)
                        .serverInfo("coppice", version)
                        .instructions(INSTRUCTIONS)
                        .capabilities(
                                ServerCapabilities.builder()
                                        .tools(false)
                                        .resources(false, false)
                                        .build())
                        .jsonMapper(MAPPER)
                        .jsonSchemaValidator((_, _) -> ValidationResponse.asValid(""))
                        .validateToolInputs(false) // the tools do, and tell all problems at once
                        .immediateExecution(true); // on the caller's own thread, which may wait
        for (ToolText text : ToolText.all()) {
            Tool tool = tools.called(text.name());
            server.toolCall(
                    text.described(tool.needs() == Tool.Needs.LOOKING),
                    (context, request) -> call(tool, call(context), request));
        }
        for (Resources.Part part : Resources.Part.values()) {
            server.resourceTemplates(
                    new SyncResourceTemplateSpecification(
                            part.template(),
                            (context, request) -> read(part, call(context), request)));
        }
        server.build();
        return transport.handler();
    }

    /// What the SDK hands us messages by, and we it: straight, without a connection.
    private static final class Transport implements McpStatelessServerTransport {
        private volatile @Nullable McpStatelessServerHandler handler;

        @Override
        public void setMcpHandler(McpStatelessServerHandler handler) {
            this.handler = handler;
        }

        private McpStatelessServerHandler handler() {
            return Objects.requireNonNull(handler, "the server is built");
        }

        @Override
        public List<String> protocolVersions() {
            return List.of(
                    ProtocolVersions.MCP_2024_11_05,
                    ProtocolVersions.MCP_2025_03_26,
                    ProtocolVersions.MCP_2025_06_18,
                    ProtocolVersions.MCP_2025_11_25);
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }
    }

    /// One message that is answered. Owned by the thread that answers it.
    private static final class Call {
        private final Caller caller;
        private boolean isChange;
        private int status = OK;
        private Optional<String> tool = Optional.empty();
        private Optional<JobId> job = Optional.empty();

        private Call(Caller caller) {
            this.caller = caller;
        }

        private Answer answer(Optional<String> text) {
            return new Answer(text, isChange, status, tool, job);
        }
    }

    private static Call call(McpTransportContext context) {
        return (Call) context.get(CALL);
    }

    /// Answers one message.
    ///
    /// @param message JSON
    /// @throws Fault where it is no message
    public Answer answer(String message, Caller caller) {
        Call call = new Call(caller);
        try {
            return answer(message(message), call);
        } catch (IOException | IllegalArgumentException | JacksonException _) {
            throw Fault.of(
                    Fault.Kind.INVALID_REQUEST,
                    "Send one message of JSON-RPC 2.0, which is a JSON object.");
        }
    }

    /// Answers one message where there is but the line: also what is no message gets an answer.
    ///
    /// @return the answer, on one line; empty where the message needs none
    public Optional<String> line(String message, Caller caller) {
        try {
            return answer(message, caller).text();
        } catch (Fault fault) {
            return Optional.of(Errors.unreadable(fault));
        }
    }

    private static JSONRPCMessage message(String text) throws IOException {
        if (!JsonMapper.shared().readTree(text).isObject()) {
            throw new IllegalArgumentException("a message is an object");
        }
        return McpSchema.deserializeJsonRpcMessage(MAPPER, text);
    }

    private Answer answer(JSONRPCMessage message, Call call) throws IOException {
        McpTransportContext context = McpTransportContext.create(Map.of(CALL, call));
        return switch (message) {
            case JSONRPCRequest request ->
                    call.answer(Optional.of(MAPPER.writeValueAsString(answered(request, context))));
            case JSONRPCNotification notification -> {
                handler().handleNotification(context, notification).toFuture().join();
                yield call.answer(Optional.empty());
            }
            case JSONRPCMessage _ -> call.answer(Optional.empty()); // an answer, but we ask nothing
        };
    }

    /// The SDK itself refuses what no tool and no resource of ours is asked for.
    private JSONRPCResponse answered(JSONRPCRequest request, McpTransportContext context) {
        JSONRPCResponse response = response(request, context);
        Call call = call(context);
        if (response.error() != null && call.status == OK) {
            call.status = Fault.Kind.INVALID_REQUEST.status();
        }
        return response;
    }

    /// The SDK throws what it likes at parameters that have not the form of their method; what our own code throws does
    /// not come here.
    private JSONRPCResponse response(JSONRPCRequest request, McpTransportContext context) {
        try {
            return handler().handleRequest(context, request).toFuture().join();
        } catch (RuntimeException e) {
            LOG.info("Wrong parameters of {}: {}", request.method(), e.getClass().getName());
            return JSONRPCResponse.error(
                    request.id(),
                    new JSONRPCResponse.JSONRPCError(
                            ErrorCodes.INVALID_PARAMS,
                            "The parameters of " + request.method() + " have not the right form.",
                            null));
        }
    }

    // ---- tools ----

    private CallToolResult call(Tool tool, Call call, CallToolRequest request) {
        call.tool = Optional.of(request.name());
        call.isChange = tool.needs().isNoted();
        try {
            tool.needs().require(call.caller);
            String json =
                    tool.handler()
                            .call(
                                    call.caller,
                                    arguments(request),
                                    job -> call.job = Optional.of(job));
            return result(json, false);
        } catch (Fault fault) {
            return refused(call, fault);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return refused(call, Errors.stopping());
        } catch (RuntimeException e) {
            LOG.error("The tool {} failed", request.name(), e);
            return refused(call, Errors.internal());
        }
    }

    private static String arguments(CallToolRequest request) {
        Map<String, Object> arguments = request.arguments();
        return JsonMapper.shared().writeValueAsString(arguments == null ? Map.of() : arguments);
    }

    private static CallToolResult refused(Call call, Fault fault) {
        call.status = fault.status();
        return result(Wire.write(Errors.of(fault)), true);
    }

    private static CallToolResult result(String json, boolean isError) {
        return CallToolResult.builder()
                .addTextContent(json)
                .structuredContent(JsonMapper.shared().readTree(json))
                .isError(isError)
                .build();
    }

    // ---- resources ----

    private ReadResourceResult read(Resources.Part part, Call call, ReadResourceRequest request) {
        try {
            Tool.Needs.LOOKING.require(call.caller);
            String text =
                    resources.read(
                            part, request.uri(), call.caller, job -> call.job = Optional.of(job));
            return ReadResourceResult.builder(
                            List.of(
                                    TextResourceContents.builder(request.uri(), text)
                                            .mimeType(Resources.JSON)
                                            .build()))
                    .build();
        } catch (Fault fault) {
            throw refusedToRead(call, fault);
        } catch (RuntimeException e) {
            LOG.error("The resource {} can't be read", request.uri(), e);
            throw refusedToRead(call, Errors.internal());
        }
    }

    private static McpError refusedToRead(Call call, Fault fault) {
        call.status = fault.status();
        return McpError.builder(
                        fault.kind() == Fault.Kind.NOT_FOUND
                                ? ErrorCodes.RESOURCE_NOT_FOUND
                                : ErrorCodes.INVALID_PARAMS)
                .message(String.valueOf(fault.getMessage()))
                .data(JsonMapper.shared().readTree(Wire.write(Errors.of(fault))))
                .build();
    }
}
