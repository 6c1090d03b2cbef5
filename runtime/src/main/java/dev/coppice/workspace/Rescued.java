package dev.coppice.workspace;

import dev.coppice.git.RefName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The work of an attempt that did not succeed, kept as a commit.
///
/// @param name what tells it from the others of its job: the worker and the attempt, `2-1`; of a task that the engine
///     laid itself its name too, `0-integrate-1-1`
/// @param number the task's worker, from 1 in plan order; 0 for the engine's own tasks
/// @param commit all files as they were left, on top of what the agent committed
/// @param when it was kept, to the second
public record Rescued(
        RefName ref,
        JobId job,
        String name,
        int number,
        int attempt,
        CommitId commit,
        Instant when) {
    static final String FOLDER = "refs/coppice/rescue/";

    static final Comparator<Rescued> ORDER =
            Comparator.comparing(Rescued::job)
                    .thenComparingInt(Rescued::number)
                    .thenComparingInt(Rescued::attempt)
                    .thenComparing(Rescued::ref);

    private static final Pattern FORM =
            Pattern.compile(FOLDER + "([0-9a-z]{12})/(([0-9]{1,9})(?:-[a-z0-9-]+)?-([0-9]{1,9}))");

    static RefName ref(JobId job, int number, Slug slug, int attempt) {
        String worker = number > 0 ? Integer.toString(number) : number + "-" + slug;
        return new RefName(FOLDER + job + "/" + worker + "-" + attempt);
    }

    static Optional<Rescued> of(RefName ref, CommitId commit, Instant when) {
        Matcher form = FORM.matcher(ref.value());
        return form.matches()
                ? JobId.parse(form.group(1))
                        .map(job ->
                                new Rescued(
                                        ref,
                                        job,
                                        form.group(2),
                                        Integer.parseInt(form.group(3)),
                                        Integer.parseInt(form.group(4)),
                                        commit,
                                        when))
                : Optional.empty();
    }
}
