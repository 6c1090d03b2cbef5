package dev.coppice.report;

import dev.coppice.model.Integration.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What became of a job's work, and what its user can type now.
final class NextSteps {
    /// @param text one sentence, without commands
    /// @param command to be typed; empty where nothing is to be done
    record Step(String text, Optional<String> command) {}

    private final JobView job;
    private final List<Step> steps = new ArrayList<>();

    private NextSteps(JobView job) {
        this.job = job;
    }

    static List<Step> of(JobView job) {
        NextSteps next = new NextSteps(job);
        if (job.status().isOver()) {
            next.delivery();
            next.leftBranches();
            next.failures();
        } else if (job.isLeftToClaimants()) {
            next.say(
                    "Its tasks are left to those who claim them.",
                    "coppice claim --job " + job.id() + " --as NAME");
        }
        return List.copyOf(next.steps);
    }

    private void delivery() {
        job.integration()
                .ifPresent(joined -> {
                    switch (joined.delivery()) {
                        case Delivery.Delivered delivered ->
                                say(
                                        "Merged into %s as %s."
                                                .formatted(
                                                        delivered.target(),
                                                        delivered.commit().abbreviated()));
                        case Delivery.Refused refused ->
                                say(
                                        "Not merged into %s: %s."
                                                .formatted(
                                                        refused.target(), stripDot(refused.why())),
                                        refused.command());
                        case Delivery.NotAsked notAsked -> joined.branch().ifPresent(this::review);
                    }
                });
    }

    private void review(String branch) {
        say("The work is on branch %s, for review.".formatted(branch), "coppice merge " + job.id());
    }

    private void leftBranches() {
        for (TaskView task : job.tasks()) {
            if (!task.conflictedFiles().isEmpty()) {
                say(
                        "%s (%s) is not in the result, because of conflicts in %s."
                                .formatted(
                                        task.workerId(),
                                        task.id(),
                                        String.join(", ", task.conflictedFiles())),
                        task.branch().map(branch -> "git merge " + branch));
            }
        }
    }

    private void failures() {
        long failed = job.tasks().stream().filter(TaskView::isUnsuccessful).count();
        if (failed > 0) {
            say(
                    Figures.number(failed, "task") + " did not succeed and can be tried again.",
                    "coppice retry " + job.id());
        }
        long kept = job.all().mapToLong(task -> task.rescues().size()).sum();
        if (kept > 0) {
            say(
                    "What %s left is kept.".formatted(Figures.number(kept, "failed attempt")),
                    "coppice rescue " + job.id());
        }
    }

    private void say(String text) {
        steps.add(new Step(text, Optional.empty()));
    }

    private void say(String text, String command) {
        say(text, Optional.of(command));
    }

    private void say(String text, Optional<String> command) {
        steps.add(new Step(text, command));
    }

    private static String stripDot(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
