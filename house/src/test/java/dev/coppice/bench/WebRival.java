package dev.coppice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What people make a small web server with.
enum WebRival {
    FASTAPI(
            "FastAPI on uvicorn",
            List.of(python(), "-c", "import fastapi, uvicorn"),
            "server.py",
            """
            import json, sqlite3, sys, uvicorn
            from fastapi import FastAPI
            from pydantic import BaseModel
            app = FastAPI()
            store = sqlite3.connect('store.db')
            store.execute('PRAGMA journal_mode=WAL')
            store.execute('PRAGMA synchronous=FULL')
            store.execute('CREATE TABLE discoveries (id INTEGER PRIMARY KEY, content TEXT)')
            class Discovery(BaseModel):
                content: str
            @app.post('/api/v1/discoveries')
            async def discovered(discovery: Discovery):
                with store:
                    store.execute('INSERT INTO discoveries (content) VALUES (?)', (discovery.content,))
                return {'accepted': True}
            answer = json.load(open(sys.argv[1]))
            @app.get('/api/v1/jobs/{job}/status')
            async def status(job: str):
                return answer
            config = uvicorn.Config(app, host='127.0.0.1', port=0, log_level='warning')
            socket = config.bind_socket()
            print('serving at http://127.0.0.1:%d' % socket.getsockname()[1], flush=True)
            uvicorn.Server(config).run([socket])
            """),
    NODE(
            "node:http",
            List.of("node", "--version"),
            "server.js",
            """
            const answer = JSON.parse(require('fs').readFileSync(process.argv[2]))
            const server = require('http').createServer((request, response) => {
              const body = JSON.stringify(answer)
              response.writeHead(200, {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)})
              response.end(body)
            })
            server.listen(0, '127.0.0.1', () => console.log('serving at http://127.0.0.1:' + server.address().port))
            """);

    private final String words;

    /// Succeeds where there is all that it needs.
    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> probe;

    private final String file;
    private final String program;

    WebRival(String words, List<String> probe, String file, String program) {
        this.words = words;
        this.probe = probe;
        this.file = file;
        this.program = program;
    }

    /// A Python that may have FastAPI and uvicorn.
    private static String python() {
        return Optional.ofNullable(System.getenv("COPPICE_BENCH_PYTHON")).orElse("python3");
    }

    String words() {
        return words;
    }

    /// What this machine lacks to start it; empty: nothing.
    Optional<String> lacking() throws InterruptedException {
        try {
            Process probing =
                    new ProcessBuilder(probe)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return probing.waitFor() == 0 ? Optional.empty() : Optional.of(needed());
        } catch (IOException _) {
            return Optional.of(needed()); // there is not even the program
        }
    }

    private String needed() {
        return "there is no " + words;
    }

    /// Starts it; it answers each call with what is in a file.
    Served start(Path folder, Path answer) throws IOException {
        Path script = Files.writeString(folder.resolve(file), program);
        return Served.start(
                folder, Map.of(), List.of(probe.getFirst(), script.toString(), answer.toString()));
    }
}
