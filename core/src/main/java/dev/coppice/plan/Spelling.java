package dev.coppice.plan;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Guesses what a misspelt word was meant to be.
public final class Spelling {
    /// What other tools call the same thing, too far from our word to be found by distance.
    private static final Map<String, String> SYNONYMS =
            Map.of(
                    "depends_on", "dependencies",
                    "needs", "dependencies",
                    "prompt", "description",
                    "files", "context_files",
                    "concurrency", "max_workers",
                    "parallel", "max_workers");

    private Spelling() {}

    /// The one of `words` that `word` is most likely meant to be; empty where none is near (more
    /// than a third of its letters differ). Case and the kind of dash don't count.
    public static Optional<String> nearest(String word, Collection<String> words) {
        String plain = plain(word);
        String synonym = SYNONYMS.get(plain);
        if (synonym != null && words.contains(synonym)) {
            return Optional.of(synonym);
        }
        int most = Math.max(1, Math.min(plain.length(), 30) / 3);
        return words.stream()
                .filter(candidate -> distance(plain, plain(candidate)) <= most)
                .min(Comparator.comparingInt(candidate -> distance(plain, plain(candidate))));
    }

    /// `; did you mean "x"?` for the end of a message; nothing where no word is near.
    public static String hint(String word, Collection<String> words) {
        return nearest(word, words).map(near -> "; did you mean \"" + near + "\"?").orElse("");
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /// Letters to insert, delete, replace or swap with their neighbour.
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 10) {
            return Integer.MAX_VALUE;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(int[][] cost, String a, String b, int i, int j) {
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
