package dev.coppice.bench;

import java.util.List;

/// All rows, in the table's order, with their goals.
final class Rows {
    private Rows() {}

    static List<Row> all() {
        return List.of(
                new WholeJob(false, true, 4, new Goal.Times(8)),
                new WholeJob(false, false, 4, new Goal.Times(2.5)),
                new WholeJob(true, true, 1, new Goal.Times(40)),
                new WholeJob(true, false, 1, new Goal.Times(14)),
                new PooledWorkspace(5_000, new Goal.Share(0.12)),
                new PooledWorkspace(30_000, new Goal.Share(0.12)),
                new Integration(5_000, new Goal.Share(0.12)),
                new Integration(30_000, new Goal.Share(0.04)),
                new PythonEnvironment(new Goal.Times(500)),
                new TrivialChild(new Goal.Share(1.0)),
                new AgentLines(AgentLines.Rival.PYTHON, new Goal.Times(10)),
                new AgentLines(AgentLines.Rival.CAT, new Goal.Times(0.4)),
                new Appends(1, new Goal.Times(0.45)),
                new Appends(64, new Goal.Times(4)),
                new StatusCalls(WebRival.FASTAPI, new Goal.Times(5)),
                new StatusCalls(WebRival.NODE, new Goal.Times(1)),
                new Discoveries(new Goal.Times(5)),
                new EventStream(EventStream.Figure.THROUGHPUT, new Goal.Times(1.5)),
                new EventStream(EventStream.Figure.LATENCY, new Goal.Share(2.0)),
                new StatusPolls(new Goal.Share(2.0)),
                new StartUp("--version", new Goal.Share(2.0)),
                new StartUp("status", new Goal.Share(4.0)));
    }
}
