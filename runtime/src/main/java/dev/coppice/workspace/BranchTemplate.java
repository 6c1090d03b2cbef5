package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.model.JobId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The form of the names of the tasks' branches, such as `coppice/<job>/<n>-<slug>`.
public record BranchTemplate(String text) {
    private static final String JOB = "<job>";
    private static final String NUMBER = "<n>";
    private static final String SLUG = "<slug>";
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
        return BranchName.problem(fill(text, "0123456789ab", "1", "slug"))
                .map(why -> "gives no branch name: " + text + " (" + why + ")");
    }

    /// The branch of the task with this number.
    public BranchName branch(JobId job, int number, Slug slug) {
        return new BranchName(fill(text, job.value(), Integer.toString(number), slug.value()));
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
        // each place once as a named group; were it there again it would have to be the same
        String quoted = Pattern.quote(text);
        String form =
                quoted.replaceFirst(JOB, Matcher.quoteReplacement(place("(?<job>[0-9a-z]{12})")))
                        .replace(JOB, place("\\k<job>"))
                        .replace(NUMBER, place("[0-9]+"))
                        .replace(SLUG, place("[a-z0-9-]+"));
        return Pattern.compile(form);
    }

    private static String place(String form) {
        return "\\E" + form + "\\Q";
    }

    private static String fill(String text, String job, String number, String slug) {
        return text.replace(JOB, job).replace(NUMBER, number).replace(SLUG, slug);
    }
}
