package dev.coppice.library.session;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Experts review a solution independently and vote on it (`run_expert_panel`). Immutable.
///
/// @param solution what is reviewed
/// @param experts at least one
/// @param aggregation how their votes become a decision
/// @param quorum how many must approve or reject for there to be a decision, at least 1
public record ExpertPanel(
        String solution, List<Expert> experts, Aggregation aggregation, int quorum) {
    /// The quorum where nobody says.
    public static final int DEFAULT_QUORUM = 3;

    /// The experts of a panel that is given none.
    public static final List<Expert> DEFAULT_EXPERTS =
            List.of(
                    new Expert("security", "attacks, leaks, the protection of data"),
                    new Expert("performance", "speed, scale, the use of resources"),
                    new Expert("simplicity", "clarity, and what can be left out"));

    private static final String STRENGTHS = "Strengths";
    private static final String WEAKNESSES = "Weaknesses";
    private static final String VOTE = "Vote";
    private static final String CONFIDENCE = "Confidence";
    private static final String RATIONALE = "Rationale";
    private static final Pattern CHOICE = Pattern.compile("\\b(APPROVE|REJECT|ABSTAIN)");

    /// Before a choice, within its sentence, it says that it is not chosen.
    private static final Pattern NEGATION =
            Pattern.compile("\\b(?:NOT|NEVER|CANNOT|NEITHER|NOR|\\w+N['’]T)\\b[^.;:!?\\n]*$");

    private static final Pattern NUMBER =
            Pattern.compile("(\\d{1,3}(?:[.,]\\d{1,9})?)\\s*(?:(%)|/\\s*(\\d{1,3}))?");

    /// What is assumed of an expert who does not say how sure it is.
    private static final double MODERATE = 0.5;

    /// Who reviews.
    ///
    /// @param domain a part of the process's id
    /// @param focus what the expert looks at
    public record Expert(String domain, String focus) {}

    /// An expert's vote, and the decision.
    public enum Vote {
        APPROVE,
        REJECT,
        /// No opinion; as a decision: there is none.
        ABSTAIN
    }

    /// What an expert said. Who failed, or cast no vote, abstains.
    ///
    /// @param expertId the id of the expert's process
    /// @param analysis all that the expert said
    /// @param confidence 0 to 1
    public record Review(
            String expertId,
            String domain,
            String analysis,
            List<String> strengths,
            List<String> weaknesses,
            Vote vote,
            double confidence,
            String rationale) {
        public Review {
            strengths = List.copyOf(strengths);
            weaknesses = List.copyOf(weaknesses);
            if (!(confidence >= 0 && confidence <= 1)) {
                throw new IllegalArgumentException(
                        expertId + " has a confidence of " + confidence + ", not 0 to 1");
            }
        }
    }

    /// How votes become a decision. A tie is a rejection.
    public enum Aggregation {
        /// The side with more votes wins.
        SIMPLE_MAJORITY,
        /// The side whose confidences sum to more wins.
        WEIGHTED,
        /// One rejection rejects.
        UNANIMOUS;

        /// Counts the votes.
        ///
        /// @param quorum how many must approve or reject for there to be a decision
        public Decision decide(List<Review> reviews, int quorum) {
            List<Review> approvals = voting(reviews, Vote.APPROVE);
            List<Review> rejections = voting(reviews, Vote.REJECT);
            int abstentions = reviews.size() - approvals.size() - rejections.size();
            if (approvals.size() + rejections.size() < quorum) {
                return new Decision(
                        Vote.ABSTAIN,
                        approvals.size(),
                        rejections.size(),
                        abstentions,
                        Consensus.NO_QUORUM,
                        0,
                        0,
                        List.of());
            }
            double approving = weight(approvals);
            double rejecting = weight(rejections);
            boolean isApproved =
                    switch (this) {
                        case SIMPLE_MAJORITY, WEIGHTED -> approving > rejecting;
                        case UNANIMOUS -> rejections.isEmpty() && !approvals.isEmpty();
                    };
            List<Review> winners = isApproved ? approvals : rejections;
            double all = approving + rejecting;
            double agreement = all > 0 ? 100 * (isApproved ? approving : rejecting) / all : 0;
            return new Decision(
                    isApproved ? Vote.APPROVE : Vote.REJECT,
                    approvals.size(),
                    rejections.size(),
                    abstentions,
                    Consensus.of(agreement),
                    agreement,
                    winners.stream().mapToDouble(Review::confidence).average().orElse(0),
                    isApproved ? rejections : approvals);
        }

        private static List<Review> voting(List<Review> reviews, Vote vote) {
            return reviews.stream().filter(review -> review.vote() == vote).toList();
        }

        private double weight(List<Review> reviews) {
            ToDoubleFunction<Review> each =
                    switch (this) {
                        case WEIGHTED -> Review::confidence;
                        case SIMPLE_MAJORITY, UNANIMOUS -> _ -> 1;
                    };
            return reviews.stream().mapToDouble(each).sum();
        }
    }

    /// How much of the panel stands behind a decision.
    public enum Consensus {
        /// All who voted.
        UNANIMOUS,
        /// At least three quarters.
        STRONG_MAJORITY,
        /// More than half.
        SIMPLE_MAJORITY,
        /// Half or less.
        SPLIT,
        /// Too few voted.
        NO_QUORUM;

        private static Consensus of(double agreement) {
            if (agreement >= 100) {
                return UNANIMOUS;
            }
            if (agreement >= 75) {
                return STRONG_MAJORITY;
            }
            return agreement > 50 ? SIMPLE_MAJORITY : SPLIT;
        }
    }

    /// What the votes came to.
    ///
    /// @param vote the decision; [Vote#ABSTAIN] where too few voted
    /// @param agreement the share of the winning side among those who voted, in percent; by weight where votes are weighted
    /// @param confidence the winning side's, on average, 0 to 1
    /// @param dissenting the reviews of the other side
    public record Decision(
            Vote vote,
            int approvals,
            int rejections,
            int abstentions,
            Consensus consensus,
            double agreement,
            double confidence,
            List<Review> dissenting) {
        public Decision {
            dissenting = List.copyOf(dissenting);
        }

        /// Whether enough experts voted.
        public boolean isQuorumMet() {
            return consensus != Consensus.NO_QUORUM;
        }

        /// What those say who were outvoted; empty where nobody was.
        public Optional<DissentReport> dissentReport() {
            return dissenting.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new DissentReport(
                                    vote,
                                    vote == Vote.APPROVE ? approvals : rejections,
                                    dissenting.stream().map(Review::expertId).toList(),
                                    dissenting.stream().map(Review::rationale).toList(),
                                    dissenting.stream()
                                            .flatMap(review -> review.weaknesses().stream())
                                            .distinct()
                                            .toList()));
        }
    }

    /// What those say who were outvoted.
    ///
    /// @param decision against which they voted
    /// @param majority how many voted for it
    /// @param experts who they are
    /// @param rationales why each voted so, in the same order
    /// @param concerns the weaknesses that they found, each once
    public record DissentReport(
            Vote decision,
            int majority,
            List<String> experts,
            List<String> rationales,
            List<String> concerns) {
        public DissentReport {
            experts = List.copyOf(experts);
            rationales = List.copyOf(rationales);
            concerns = List.copyOf(concerns);
        }
    }

    /// What came of it.
    ///
    /// @param reviews in the order of the experts
    public record Result(List<Review> reviews, Decision decision) {
        public Result {
            reviews = List.copyOf(reviews);
        }
    }

    public ExpertPanel {
        experts = List.copyOf(experts);
        if (experts.isEmpty() || quorum < 1) {
            throw new IllegalArgumentException(
                    "a panel needs at least one expert and a quorum of at least 1");
        }
        if (experts.stream().map(Expert::domain).distinct().count() < experts.size()) {
            throw new IllegalArgumentException("two experts have one domain: " + experts);
        }
    }

    /// A panel on security, performance and simplicity, of whom the majority decides and all must vote.
    public static ExpertPanel of(String solution) {
        return new ExpertPanel(
                solution, DEFAULT_EXPERTS, Aggregation.SIMPLE_MAJORITY, DEFAULT_QUORUM);
    }

    /// With other experts.
    ///
    /// @throws IllegalArgumentException if there are none, or two of one domain
    public ExpertPanel withExperts(Expert... others) {
        return new ExpertPanel(solution, List.of(others), aggregation, quorum);
    }

    /// The same panel with another way to count its votes.
    public ExpertPanel withAggregation(Aggregation other) {
        return new ExpertPanel(solution, experts, other, quorum);
    }

    /// With another quorum.
    ///
    /// @throws IllegalArgumentException if it is less than 1
    public ExpertPanel withQuorum(int other) {
        return new ExpertPanel(solution, experts, aggregation, other);
    }

    /// Has all experts review at once, and counts their votes.
    ///
    /// @throws InterruptedException if the thread was interrupted; what runs is then stopped first
    public Result run(OrchestratorSession session) throws InterruptedException {
        List<ProcessResult> results =
                Patterns.parallel(
                        experts.stream()
                                .map(expert -> session.createProcess(prompt(expert), id(expert)))
                                .toList());
        List<Review> reviews = new ArrayList<>();
        for (Expert expert : experts) {
            results.stream()
                    .filter(result -> result.processId().equals(id(expert)))
                    .map(result -> review(expert, result))
                    .forEach(reviews::add);
        }
        Decision decision = aggregation.decide(reviews, quorum);
        session.log(
                String.format(
                        Locale.ROOT,
                        "The panel's decision is %s (%s, %.1f %% agree)",
                        decision.vote(),
                        decision.consensus(),
                        decision.agreement()));
        return new Result(reviews, decision);
    }

    private static String id(Expert expert) {
        return "expert_" + expert.domain();
    }

    private String prompt(Expert expert) {
        return """
        You review a solution as an expert, independently of others, and vote on it.

        ## Solution
        %s

        ## Your domain: %s
        %s

        ## How to end
        End with these sections: ## Analysis, ## %s (a list), ## %s (a list), ## %s (APPROVE, REJECT or ABSTAIN),
        ## %s (a number from 0 to 1), ## %s (why you vote so).
        """
                .formatted(
                        solution,
                        expert.domain(),
                        expert.focus(),
                        STRENGTHS,
                        WEAKNESSES,
                        VOTE,
                        CONFIDENCE,
                        RATIONALE);
    }

    private static Review review(Expert expert, ProcessResult result) {
        Answer answer = new Answer(result.isSuccess() ? result.output() : "");
        Optional<Vote> vote = vote(answer.section(VOTE).toUpperCase(Locale.ROOT));
        return new Review(
                result.processId(),
                expert.domain(),
                result.output(),
                answer.items(STRENGTHS),
                answer.items(WEAKNESSES),
                vote.orElse(Vote.ABSTAIN),
                confidence(answer.section(CONFIDENCE)),
                vote.isPresent() ? answer.section(RATIONALE) : "No vote: " + result.summary());
    }

    /// The one choice that is named and not denied; empty where there is none, or more than one.
    private static Optional<Vote> vote(String words) {
        Set<Vote> named = EnumSet.noneOf(Vote.class);
        Matcher choice = CHOICE.matcher(words);
        while (choice.find()) {
            if (!NEGATION.matcher(words.substring(0, choice.start())).find()) {
                named.add(Vote.valueOf(choice.group(1)));
            }
        }
        return named.size() == 1 ? Optional.of(named.iterator().next()) : Optional.empty();
    }

    private static double confidence(String text) {
        Matcher number = NUMBER.matcher(text);
        if (!number.find()) {
            return MODERATE;
        }
        double said = Double.parseDouble(number.group(1).replace(',', '.'));
        double most =
                number.group(2) != null
                        ? 100
                        : number.group(3) == null ? 1 : Double.parseDouble(number.group(3));
        return most == 0 ? MODERATE : Math.min(1, said / most);
    }
}
