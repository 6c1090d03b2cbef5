package dev.coppice.testkit.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A small change of core's sources that breaks a law.
///
/// @param law what holds without it
/// @param file from core's package `dev.coppice`
record Mutant(String law, String file, String original, String change) {
    private static final String LIST = "/mutants/laws.txt";

    /// All that are listed.
    static List<Mutant> all() throws IOException {
        try (InputStream in = Objects.requireNonNull(Mutant.class.getResourceAsStream(LIST))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<Mutant> mutants = new ArrayList<>();
            for (String block : text.split("\n\n", -1)) {
                if (block.startsWith("# ")) {
                    mutants.add(parse(block.strip().lines().toList()));
                }
            }
            return mutants;
        }
    }

    private static Mutant parse(List<String> lines) {
        if (lines.size() != 4) {
            throw new IllegalArgumentException("not a mutant of four lines: " + lines);
        }
        return new Mutant(
                lines.get(0).substring(2),
                lines.get(1),
                lines.get(2).substring(2),
                lines.get(3).substring(2));
    }

    /// Writes the changed file below `target`.
    ///
    /// @param sources core's folder of sources
    Path writeTo(Path target, Path sources) {
        try {
            Path relative = Path.of("dev/coppice").resolve(file);
            String source = Files.readString(sources.resolve(relative));
            Path changed = target.resolve(relative);
            Files.createDirectories(changed.getParent());
            return Files.writeString(changed, changed(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String changed(String source) {
        Matcher matcher = place().matcher(source);
        if (!matcher.find()) {
            throw new IllegalStateException(this + ": the original is not there");
        }
        String result =
                source.substring(0, matcher.start()) + change + source.substring(matcher.end());
        if (matcher.find()) {
            throw new IllegalStateException(this + ": the original is there twice");
        }
        return result;
    }

    private Pattern place() {
        return Pattern.compile(
                Arrays.stream(original.split("\\s+", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining("\\s*")));
    }

    @Override
    public String toString() {
        return law + " (" + file + ")";
    }
}
