package dev.coppice.bench;

import dev.coppice.agent.Agent;
import dev.coppice.agent.AgentReading;
import dev.coppice.agent.AgentRequest;
import dev.coppice.agent.Agents;
import dev.coppice.model.AgentName;
import dev.coppice.model.Settings;
import dev.coppice.model.Usage;
import dev.coppice.process.Follower;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What an agent printed is followed and read: events, last words, usage. It is in a file already, so keeping it costs
/// nothing more. As with real agents, most bytes are results of tools.
record AgentLines(Rival rival, Goal goal) implements Row {
    private static final int MEGABYTES = 100;
    private static final int ROUNDS = 5;

    /// What the reading is measured against.
    enum Rival {
        PYTHON("Python: json.loads of each line of the file"),
        CAT("cat file | cat > copy, which reads nothing");

        private final String words;

        Rival(String words) {
            this.words = words;
        }
    }

    private static final String PYTHON =
            """
            import json, sys, time
            begin = time.perf_counter()
            seen = 0
            with open(sys.argv[1], 'rb') as lines:
                for line in lines:
                    seen += json.loads(line)['type'] == 'assistant'
            print((time.perf_counter() - begin) * 1000)
            """;

    @Override
    public int number() {
        return 7;
    }

    @Override
    public String what() {
        return "%d MB of JSON lines of an agent followed and classified".formatted(MEGABYTES);
    }

    @Override
    public String against() {
        return rival.words;
    }

    @Override
    public String unit() {
        return "ms";
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        Path folder = bench.folder();
        Path lines = write(folder.resolve("lines.jsonl"));
        try {
            return bench.inTurns(
                    ROUNDS,
                    () -> Bench.millis(() -> read(folder, lines)),
                    () -> theirs(bench, folder, lines));
        } finally {
            Files.delete(lines);
        }
    }

    private double theirs(Bench bench, Path folder, Path lines) throws Exception {
        return switch (rival) {
            case PYTHON -> bench.python(folder, PYTHON, lines.toRealPath());
            case CAT ->
                    Bench.millis(() ->
                            bench.run(
                                    folder,
                                    System.getenv(),
                                    List.of(
                                            "sh",
                                            "-c",
                                            "cat \"$1\" | cat > copy",
                                            "sh",
                                            lines.toRealPath().toString())));
        };
    }

    private static void read(Path folder, Path lines) throws IOException, InterruptedException {
        Agent agent =
                Agents.of(
                        new AgentName("claude"),
                        new Settings.AgentSettings(
                                Settings.Kind.CLAUDE,
                                List.of("claude"),
                                List.of(),
                                Optional.empty(),
                                Settings.Permission.EDIT,
                                Settings.Input.PROMPT,
                                List.of(),
                                Settings.Home.USER,
                                1));
        AgentRequest request =
                new AgentRequest(
                        "",
                        "",
                        Optional.empty(),
                        new AgentRequest.Session.Fresh(new UUID(0, 1)),
                        Usage.NONE,
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        folder.resolve("task_envelope.json"),
                        folder.resolve("task_result.json"));
        AgentReading reading = agent.reading(request, note -> {});
        try (Follower follower = Follower.of(lines)) {
            follower.readAll(line -> reading.line(line.buffer(), line.from(), line.length()));
        }
    }

    private static Path write(Path file) throws IOException {
        long size = 0;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; size < MEGABYTES * 1_000_000L; i++) {
                String said =
                        """
                        {"type":"assistant","message":{"id":"msg_%d","role":"assistant","content":[{"type":"text","text":"%s"}],\
                        "usage":{"input_tokens":12,"output_tokens":34}},"session_id":"0ee1bd55-dd50-4ecb-98b2-9fea0300079a"}
                        """
                                .formatted(i, "lorem ipsum ".repeat(5 + i % 40));
                String result =
                        """
                        {"type":"user","message":{"role":"user","content":[{"tool_use_id":"tool_%d","type":"tool_result",\
                        "content":"%s"}]},"session_id":"0ee1bd55-dd50-4ecb-98b2-9fea0300079a"}
                        """
                                .formatted(i, "line of a file\\n".repeat(i % 400));
                byte[] both = (said + result).getBytes(StandardCharsets.UTF_8);
                out.write(both);
                size += both.length;
            }
        }
        return file;
    }
}
