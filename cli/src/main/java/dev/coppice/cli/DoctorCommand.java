package dev.coppice.cli;

import dev.coppice.agent.Availability;
import dev.coppice.config.Configuration;
import dev.coppice.git.GitException;
import dev.coppice.model.AgentName;
import dev.coppice.model.JobId;
import dev.coppice.report.Figures;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import dev.coppice.runtime.Coppice;
import dev.coppice.workspace.DiskRoom;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/// `doctor`: is everything in order, and if not, what to do.
final class DoctorCommand implements Action {
    private record Finding(String what, boolean isGood, String says) {}

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        // Git and the repository are looked at by the opening, whose refusal says what to do.
        try (Coppice coppice = call.open()) {
            List<Finding> findings = new ArrayList<>();
            findings.add(
                    new Finding(
                            "java",
                            Runtime.version().feature() >= 25,
                            System.getProperty("java.home", "")));
            findings.add(new Finding("git", true, coppice.root().toString()));
            findings.add(locale());
            findings.add(disk(coppice));
            findings.add(new Finding("store", true, Figures.number(coppice.jobs().size(), "job")));
            findings.addAll(interrupted(coppice));
            coppice.leftovers().forEach((job, pids) -> findings.add(leftover(coppice, job, pids)));
            for (Map.Entry<AgentName, Availability> agent :
                    AgentsCommand.probe(call, coppice).entrySet()) {
                findings.add(
                        new Finding(
                                "agent " + agent.getKey(),
                                agent.getValue() instanceof Availability.Usable,
                                AgentsCommand.describe(agent.getValue())));
            }
            coppice.configuration()
                    .warnings()
                    .forEach(warning ->
                            findings.add(new Finding("configuration", false, warning.toString())));
            tell(call, coppice, findings);
            return ExitCode.DONE.number();
        }
    }

    private static Finding locale() {
        String encoding = System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
        boolean isGood = encoding.equalsIgnoreCase("UTF-8");
        return new Finding(
                "locale",
                isGood,
                isGood ? encoding : encoding + ": start by ./coppice, or set LC_ALL=C.UTF-8");
    }

    private static Finding disk(Coppice coppice) {
        try {
            DiskRoom room = coppice.diskRoom();
            String free = Figures.size(room.free()) + " free";
            return new Finding(
                    "disk", room.isEnough(), room.isEnough() ? free : free + tooFull(room));
        } catch (IOException | GitException e) {
            return new Finding("disk", false, "can't be asked: " + e.getMessage());
        }
    }

    private static String tooFull(DiskRoom room) {
        return room.needed() == 0
                ? ""
                : ", and the worktrees may take %s: make room, or lower workers.max_workers"
                        .formatted(Figures.size(room.needed()));
    }

    private static List<Finding> interrupted(Coppice coppice) {
        List<Finding> findings = new ArrayList<>();
        for (JobId id : coppice.jobs()) {
            coppice.view(id)
                    .filter(job -> Jobs.isInterrupted(new ThisRepository(coppice), job))
                    .map(JobView::id)
                    .ifPresent(job ->
                            findings.add(
                                    new Finding(
                                            "job " + job,
                                            false,
                                            "interrupted, continue with: coppice resume " + job)));
        }
        return findings;
    }

    private static Finding leftover(Coppice coppice, JobId job, List<Long> processes) {
        String whose =
                coppice.view(job).isPresent()
                        ? "of job " + job + ", which nobody drives"
                        : "of a lead; if no `coppice plan` waits for it";
        return new Finding(
                "processes",
                false,
                "%s %s; end with: kill %s"
                        .formatted(
                                Figures.number(processes.size(), "process", "processes"),
                                whose,
                                processes.stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(" "))));
    }

    private static void tell(Invocation call, Coppice coppice, List<Finding> findings) {
        if (call.isJson()) {
            call.out()
                    .line(
                            Json.write(
                                    Json.object(
                                            "findings",
                                            findings.stream()
                                                    .map(f ->
                                                            Json.object(
                                                                    "what",
                                                                    f.what(),
                                                                    "good",
                                                                    f.isGood(),
                                                                    "says",
                                                                    f.says()))
                                                    .toList(),
                                            "configuration",
                                            coppice.configuration().effective().stream()
                                                    .map(DoctorCommand::json)
                                                    .toList())));
            return;
        }
        for (Finding finding : findings) {
            call.out()
                    .line(
                            "%-4s %-20s %s"
                                    .formatted(
                                            finding.isGood() ? "ok" : "!",
                                            finding.what(),
                                            Plain.line(finding.says())));
        }
    }

    private static Object json(Configuration.Entry entry) {
        return Json.object("key", entry.key(), "value", entry.value(), "source", entry.source());
    }
}
