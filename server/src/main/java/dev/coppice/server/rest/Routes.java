package dev.coppice.server.rest;

import dev.coppice.report.JobView;
import dev.coppice.server.access.Scope;
import java.io.IOException;
import java.util.List;

/// All that can be asked. `openapi.json` has the same, which a test holds.
final class Routes {
    private static final Route.Door OPEN = new Route.Door.Open();
    private static final Route.Door AJAR = new Route.Door.Ajar();
    private static final Route.Door READ = new Route.Door.Keyed(Scope.READ);
    private static final Route.Door LOOK = new Route.Door.Shared(Scope.READ);
    private static final Route.Door SUBMIT = new Route.Door.Keyed(Scope.SUBMIT);

    private static final String JOBS = "/api/v1/jobs";
    private static final String JOB = JOBS + "/{job}";

    private Routes() {}

    static List<Route> of(
            ServerCalls server, JobCalls jobs, FileCalls files, Feeds feeds, McpCalls mcp) {
        return List.of(
                get("/health", OPEN, server::health),
                get("/metrics", READ, server::metrics),
                get("/openapi.json", READ, server::openApi),
                get("/docs", READ, server::docs),
                get("/api/v1/status", READ, server::status),
                new Route(
                        "POST",
                        "/api/v1/orchestrate",
                        new Route.Door.Shared(Scope.SUBMIT),
                        List.of(),
                        jobs::orchestrate),
                get(JOBS, READ, jobs::list, "status", "depth", "parent", "limit", "offset"),
                get(JOB, LOOK, jobs::show),
                new Route("DELETE", JOB, SUBMIT, List.of(), jobs::cancel),
                post(JOB + "/cancel", jobs::cancel),
                post(JOB + "/retry", jobs::retry),
                get(JOB + "/status", AJAR, jobs::status),
                get(JOB + "/results", LOOK, jobs::results),
                get(JOB + "/discoveries", LOOK, jobs::discoveries),
                new Route(
                        "POST",
                        JOB + "/discoveries",
                        new Route.Door.Shared(Scope.SUBMIT),
                        List.of(),
                        jobs::discover),
                get(JOB + "/events", LOOK, call -> events(call, jobs, feeds), "after", "follow"),
                get(JOB + "/logs/{worker}", LOOK, files::log, "offset", "limit", "follow"),
                get(JOB + "/artifacts/{path...}", LOOK, files::artifact, "offset"),
                new Route(
                        "POST", "/mcp", new Route.Door.Shared(Scope.READ), List.of(), mcp::answer));
    }

    private static void events(Exchange call, JobCalls jobs, Feeds feeds)
            throws IOException, InterruptedException {
        // A browser that comes back has the address of its first call, and a header that says how
        // far it is.
        long after =
                Math.max(
                        call.number("after", 0L, 0L, Long.MAX_VALUE),
                        call.lastEventId().orElse(0L));
        JobView job = jobs.jobBeyond(call, after);
        if (job.status().isOver() && after >= job.sequence()) {
            call.empty(204); // by which a browser knows that it need not come again
        } else {
            Feeds.requireNotBeyond(job, after);
            feeds.send(call, job, after, call.flag("follow", true));
        }
    }

    private static Route get(String path, Route.Door door, Route.Action action, String... queries) {
        return new Route("GET", path, door, List.of(queries), action);
    }

    private static Route post(String path, Route.Action action) {
        return new Route("POST", path, SUBMIT, List.of(), action);
    }
}
