package dev.coppice.plan;

import java.util.Optional;

/// Judges a path by its text alone: whether it can name something inside the repository.
public final class RepositoryPath {
    private RepositoryPath() {}

    /// What is wrong with `path`, to follow its quoted name in a message; empty where nothing is.
    public static Optional<String> complaint(String path) {
        if (path.isBlank()) {
            return Optional.of("is empty");
        }
        if (path.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("has control characters");
        }
        if (path.startsWith("/") || path.startsWith("~") || path.matches("[A-Za-z]:[\\\\/].*")) {
            return Optional.of("must be given from the repository's root");
        }
        int depth = 0;
        for (String part : path.split("/", -1)) {
            switch (part) {
                case "", "." -> {}
                case ".." -> depth--;
                default -> depth++;
            }
            if (depth < 0) {
                return Optional.of("leaves the repository");
            }
            if (part.equalsIgnoreCase(".git")) {
                return Optional.of("is git's own");
            }
        }
        return Optional.empty();
    }
}
