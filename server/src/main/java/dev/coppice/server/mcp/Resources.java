package dev.coppice.server.mcp;

import dev.coppice.folder.StatusJson;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.access.Caller;
import dev.coppice.server.jobs.Fault;
import dev.coppice.server.jobs.Jobs;
import dev.coppice.server.jobs.Rights;
import dev.coppice.server.jobs.Views;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/// What can be read of a job: `coppice://jobs/JOB/plan`, `…/status`, `…/discoveries`.
record Resources(Coppice coppice, Jobs jobs, Views views) {
    static final String JSON = "application/json";

    private static final String BEFORE = "coppice://jobs/";

    /// What there is of each job.
    enum Part {
        PLAN("The plan of a job, in the form of a plan file."),
        STATUS("How it stands with a job and its tasks."),
        DISCOVERIES("What the agents of a job have found out so far.");

        private final String description;

        Part(String description) {
            this.description = description;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// In the words of the protocol.
        ResourceTemplate template() {
            return ResourceTemplate.builder(BEFORE + "{job_id}/" + word(), word())
                    .title("A job's " + word())
                    .description(description)
                    .mimeType(JSON)
                    .build();
        }

        private String job(String uri) {
            return uri.substring(BEFORE.length(), uri.length() - word().length() - 1);
        }
    }

    /// The resource as JSON.
    ///
    /// @param uri that fits the part's template
    /// @param about is told the job
    /// @throws Fault where there is no such job, or it is not the caller's
    String read(Part part, String uri, Caller caller, Consumer<JobId> about) {
        JobView job = jobs.find(part.job(uri));
        about.accept(job.id());
        Rights.requireTheirs(job, caller);
        return switch (part) {
            case PLAN -> json(job).plan(job);
            case STATUS -> status(job);
            case DISCOVERIES -> discoveries(job);
        };
    }

    String status(JobView job) {
        return new String(views.status(job), StandardCharsets.UTF_8);
    }

    String discoveries(JobView job) {
        return json(job).discoveries(job);
    }

    /// The documents that programs get of the job.
    StatusJson json(JobView job) {
        return new StatusJson(coppice.folder(job), coppice.secrets(), views::find);
    }
}
