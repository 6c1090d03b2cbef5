package dev.coppice.library.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Several agents solve one task without knowing of each other, each with an attitude of its own, and a reviewer chooses
/// (`run_n_version`). Immutable.
///
/// @param task what each is to do
/// @param versions how many there are, at least 1; where there are more than profiles, these come again
/// @param criteria by which the reviewer chooses, the most important first
/// @param profiles the attitudes, at least one
public record NVersion(String task, int versions, List<String> criteria, List<Profile> profiles) {
    /// The number of versions where nobody says.
    public static final int DEFAULT_VERSIONS = 3;

    /// What the versions are judged by unless told otherwise, in order.
    public static final List<String> DEFAULT_CRITERIA =
            List.of("correctness", "security", "simplicity", "performance");

    /// The profiles of the versions unless others are given.
    public static final List<Profile> DEFAULT_PROFILES =
            List.of(
                    new Profile("conservative", "proven patterns, every error handled"),
                    new Profile(
                            "pragmatic", "a balance of simple and robust; the standard library"),
                    new Profile("minimalist", "as little code and as few dependencies as will do"),
                    new Profile("innovative", "a way that others would not think of first"),
                    new Profile(
                            "performance_focused", "speed and little memory, with measurements"));

    private static final String SELECTION = "Selection";
    private static final String RATIONALE = "Rationale";
    private static final Pattern VERSION = Pattern.compile("(?i)\\bv(?:ersion)?[ _]*(\\d{1,9})");
    private static final Pattern NUMBER = Pattern.compile("^\\W*(\\d{1,9})\\b");

    /// An attitude.
    ///
    /// @param name a part of the process's id
    /// @param traits what the version is to pay attention to
    public record Profile(String name, String traits) {}

    /// What the reviewer chose.
    public sealed interface Selection {
        /// One of the versions.
        record Version(ProcessResult result) implements Selection {}

        /// The best of several; the reviewer's output says how.
        record Hybrid() implements Selection {}

        /// None, since none succeeded.
        record None() implements Selection {}
    }

    /// What came of it.
    ///
    /// @param versions all of them, in order
    /// @param comparison the reviewer's result; empty where there was nothing to compare
    /// @param rationale why this selection
    public record Result(
            List<ProcessResult> versions,
            Optional<ProcessResult> comparison,
            Selection selection,
            String rationale) {
        public Result {
            versions = List.copyOf(versions);
        }

        /// Whether there is a selection.
        public boolean isSuccess() {
            return !(selection instanceof Selection.None);
        }
    }

    public NVersion {
        criteria = List.copyOf(criteria);
        profiles = List.copyOf(profiles);
        if (versions < 1 || profiles.isEmpty()) {
            throw new IllegalArgumentException("at least one version and one profile are needed");
        }
    }

    /// Three versions of a task, with the criteria and profiles that are listed above.
    public static NVersion of(String task) {
        return new NVersion(task, DEFAULT_VERSIONS, DEFAULT_CRITERIA, DEFAULT_PROFILES);
    }

    /// With so many versions.
    ///
    /// @throws IllegalArgumentException if it is less than 1
    public NVersion withVersions(int count) {
        return new NVersion(task, count, criteria, profiles);
    }

    /// The same with other criteria, the weightiest first.
    public NVersion withCriteria(String... inOrder) {
        return new NVersion(task, versions, List.of(inOrder), profiles);
    }

    /// With other attitudes.
    ///
    /// @throws IllegalArgumentException if there are none
    public NVersion withProfiles(List<Profile> others) {
        return new NVersion(task, versions, criteria, others);
    }

    /// Runs the versions at once, and then the reviewer over those that succeeded. Where the reviewer fails or chooses
    /// what is not there, the first version that succeeded is taken.
    ///
    /// @throws InterruptedException if the thread was interrupted; what runs is then stopped first
    public Result run(OrchestratorSession session) throws InterruptedException {
        List<ProcessResult> results =
                Patterns.parallel(
                        IntStream.range(0, versions).mapToObj(i -> version(session, i)).toList());
        Optional<ProcessResult> first =
                results.stream().filter(ProcessResult::isSuccess).findFirst();
        if (first.isEmpty()) {
            session.log("No version succeeded", "ERROR");
            return new Result(
                    results, Optional.empty(), new Selection.None(), "No version succeeded.");
        }
        ProcessResult review =
                session.createProcess(reviewPrompt(results), "reviewer_comparison").run();
        Answer answer = new Answer(review.output());
        Optional<Selection> selection =
                review.isSuccess()
                        ? selection(answer.section(SELECTION), results)
                        : Optional.empty();
        if (selection.isEmpty()) {
            session.log("The reviewer chose none; the first good version is taken", "WARNING");
        }
        return new Result(
                results,
                Optional.of(review),
                selection.orElseGet(() -> new Selection.Version(first.get())),
                selection.isPresent()
                        ? answer.section(RATIONALE)
                        : "The reviewer chose none; this is the first version that succeeded.");
    }

    private AgentProcess version(OrchestratorSession session, int index) {
        Profile profile = profiles.get(index % profiles.size());
        return session.createProcess(
                """
                You are one of %d agents who solve the same task independently. Do not look at the work of the others.

                ## Task
                %s

                ## Your attitude: %s
                %s

                ## How to end
                Bring a complete solution with tests that show that it works, and say briefly why you solved it so.
                """
                        .formatted(versions, task, profile.name(), profile.traits()),
                "version_" + (index + 1) + "_" + profile.name());
    }

    private String reviewPrompt(List<ProcessResult> results) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            ProcessResult result = results.get(i);
            parts.add(
                    "### Version %d (%s)\n%s"
                            .formatted(
                                    i + 1,
                                    result.summary(),
                                    result.isSuccess()
                                            ? Patterns.capped(result.output())
                                            : "It failed and cannot be chosen."));
        }
        return """
        You review independent solutions of one task, and choose one.

        ## Task
        %s

        ## Criteria, the most important first
        - %s

        ## Solutions
        %s

        ## How to end
        Compare all of them by each criterion. Then end with these two sections:

        ## Selection
        Version and its number, or HYBRID where the best is to be made of several

        ## Rationale
        Why; of a hybrid, what to take from which version
        """
                .formatted(task, String.join("\n- ", criteria), String.join("\n\n", parts));
    }

    private static Optional<Selection> selection(String text, List<ProcessResult> results) {
        if (text.toLowerCase(Locale.ROOT).contains("hybrid")) {
            return Optional.of(new Selection.Hybrid());
        }
        Matcher named = VERSION.matcher(text);
        Matcher bare = NUMBER.matcher(text);
        Optional<String> number =
                named.find()
                        ? Optional.of(named.group(1))
                        : bare.find() ? Optional.of(bare.group(1)) : Optional.empty();
        return number.map(Integer::parseInt)
                .filter(n -> n >= 1 && n <= results.size())
                .map(n -> results.get(n - 1))
                .filter(ProcessResult::isSuccess)
                .map(Selection.Version::new);
    }
}
