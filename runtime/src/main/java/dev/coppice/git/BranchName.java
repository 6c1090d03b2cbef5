package dev.coppice.git;

import java.util.Optional;

/// The short name of a branch, such as `trunk` or `coppice/0f3k/1-api`, that git would accept.
public record BranchName(String value) implements Comparable<BranchName> {
    static final String FOLDER = "refs/heads/";

    /// @throws IllegalArgumentException with the reason, for a name that git would refuse
    public BranchName {
        Optional<String> problem = problem(value);
        if (problem.isPresent()) {
            throw new IllegalArgumentException(
                    "'" + value + "' can't be the name of a branch: " + problem.get());
        }
    }

    /// Why git would refuse a branch of this name; empty if it would not. The rules are those of
    /// `git check-ref-format --branch`.
    public static Optional<String> problem(String name) {
        if (name.startsWith("-")) {
            return Optional.of("it begins with a hyphen");
        }
        if (name.equals("HEAD")) {
            return Optional.of("git keeps this name for itself");
        }
        return RefName.problem(name);
    }

    /// Its full name, `refs/heads/…`.
    public RefName ref() {
        return new RefName(FOLDER + value);
    }

    @Override
    public int compareTo(BranchName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
