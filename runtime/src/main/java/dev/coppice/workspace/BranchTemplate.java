package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.model.JobId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The form of the names of the tasks' branches, such as `coppice/<job>/<n>-<slug>`.
public record BranchTemplate(String text) {
    private static final String JOB = "<job>";
    private static final String NUMBER = "<n>";
    private static final String SLUG = "<slug>";
    private static final JobId SAMPLE = new JobId("0123456789ab");
    private static final Pattern PLACE = Pattern.compile(JOB + "|" + NUMBER + "|" + SLUG);
    private static final Pattern RESULT = Pattern.compile("coppice/(?<job>[0-9a-z]{12})/result");

    /// @throws IllegalArgumentException with what is wrong with it
    public BranchTemplate {
        Optional<String> problem = problem(text);
        if (problem.isPresent()) {
            throw new IllegalArgumentException("branch_template " + problem.get());
        }
    }

    /// What is wrong with a template; empty if nothing is.
    public static Optional<String> problem(String text) {
        if (!text.contains(JOB) || !text.contains(NUMBER)) {
            return Optional.of("must contain <job> and <n>: " + text);
        }
        String name = fill(text, SAMPLE.value(), "1", "slug");
        if ((name + "/").startsWith(result(SAMPLE) + "/")) {
            return Optional.of("takes the name of the result's branch: " + text);
        }
        return BranchName.problem(name)
                .map(why -> "gives no branch name: " + text + " (" + why + ")");
    }

    /// Names like those that a job would have, to see whether a branch of the user's makes them impossible.
    public List<BranchName> samples() {
        return List.of(branch(SAMPLE, 1, new Slug("slug")), result(SAMPLE));
    }

    /// The branch of the task with this number. All tasks that the engine lays itself have the number 0, so that their
    /// branches have their slugs in them also where the template has none.
    public BranchName branch(JobId job, int number, Slug slug) {
        boolean isTold = number > 0 || text.contains(SLUG);
        String worker = isTold ? Integer.toString(number) : number + "-" + slug;
        return new BranchName(fill(text, job.value(), worker, slug.value()));
    }

    /// The branch that a job's finished ones are joined into, whatever the template.
    public static BranchName result(JobId job) {
        return new BranchName("coppice/" + job + "/result");
    }

    /// The job whose task's branch, or whose result, has this name; empty for the user's own.
    Optional<JobId> job(BranchName branch) {
        Matcher result = RESULT.matcher(branch.value());
        if (result.matches()) {
            return JobId.parse(result.group("job"));
        }
        Matcher task = pattern().matcher(branch.value());
        return task.matches() ? JobId.parse(task.group("job")) : Optional.empty();
    }

    private Pattern pattern() {
        StringBuilder form = new StringBuilder();
        Matcher place = PLACE.matcher(text);
        int end = 0;
        while (place.find()) {
            form.append(Pattern.quote(text.substring(end, place.start())));
            form.append(
                    switch (place.group()) {
                        case JOB ->
                                form.indexOf("(?<job>") < 0 ? "(?<job>[0-9a-z]{12})" : "\\k<job>";
                        case NUMBER -> "[0-9]+(?:-[a-z0-9-]+)?";
                        default -> "[a-z0-9-]+";
                    });
            end = place.end();
        }
        return Pattern.compile(form.append(Pattern.quote(text.substring(end))).toString());
    }

    private static String fill(String text, String job, String number, String slug) {
        return text.replace(JOB, job).replace(NUMBER, number).replace(SLUG, slug);
    }
}
