package dev.coppice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a Python environment is to hold: packages by name, then requirement files by their paths from the
/// workspace's top. A file that is not there asks for nothing, so that `requirements.txt` can always be named.
public record Requirements(List<String> packages, List<String> files) {
    /// Lines that take something from the workspace itself, which is another in each.
    private static final Pattern LOCAL =
            Pattern.compile("(?:-e|--editable)\\b.*|\\.{0,2}/.*|\\.|.*\\bfile:.*");

    private static final Pattern INCLUDED =
            Pattern.compile("(?:-r|-c|--requirement|--constraint)[ =]?\\s*(.+)");
    private static final Pattern FOUND_IN = Pattern.compile("(?:-f|--find-links)[ =]?\\s*(.+)");

    public Requirements {
        packages = List.copyOf(packages);
        files = List.copyOf(files);
        for (String name : packages) {
            if (name.isBlank() || name.startsWith("-")) {
                throw new IllegalArgumentException("not the name of a Python package: " + name);
            }
        }
    }

    boolean isEmpty() {
        return packages.isEmpty() && files.isEmpty();
    }

    /// These without the files that are not in `workspace`.
    Requirements presentIn(Path workspace) {
        return new Requirements(
                packages,
                files.stream()
                        .filter(file -> Files.isRegularFile(inside(workspace, file)))
                        .toList());
    }

    /// Whether the same packages come of them in every workspace that has the same files.
    boolean isShareable(Path workspace) {
        return Stream.concat(packages.stream(), lines(workspace).stream())
                .noneMatch(line -> LOCAL.matcher(line).matches());
    }

    /// All that decides which packages these are, as text: two workspaces with the same text may share them.
    String fingerprint(Path workspace) {
        StringBuilder text = new StringBuilder();
        packages.forEach(name -> text.append(name).append('\n'));
        for (String line : lines(workspace)) {
            text.append(line).append('\n');
            Matcher found = FOUND_IN.matcher(line);
            if (found.matches()) {
                text.append(listing(workspace.resolve(found.group(1).strip())));
            }
        }
        return text.toString();
    }

    /// The arguments for pip, run in the workspace.
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(packages);
        for (String file : files) {
            arguments.add("--requirement");
            arguments.add(file);
        }
        return arguments;
    }

    private List<String> lines(Path workspace) {
        Set<Path> read = new LinkedHashSet<>();
        List<String> lines = new ArrayList<>();
        files.forEach(file -> read(inside(workspace, file), read, lines));
        return lines;
    }

    private static void read(Path file, Set<Path> read, List<String> lines) {
        if (!read.add(file.normalize()) || !Files.isRegularFile(file)) {
            return;
        }
        try {
            for (String raw : text(Files.readAllBytes(file)).lines().toList()) {
                String line = raw.strip();
                lines.add(line);
                Matcher included = INCLUDED.matcher(line);
                if (included.matches()) {
                    read(file.resolveSibling(included.group(1).strip()), read, lines);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the requirements " + file + " can't be read", e);
        }
    }

    /// In UTF-16 where its mark is there, which pip reads too, else in UTF-8 as far as it is.
    private static String text(byte[] bytes) {
        boolean isMarked =
                bytes.length > 1
                        && ((bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff)
                                || (bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe));
        return new String(bytes, isMarked ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8);
    }

    private static Path inside(Path workspace, String file) {
        return Inside.of(workspace, file);
    }

    private static String listing(Path folder) {
        if (!Files.isDirectory(folder)) {
            return "";
        }
        try (Stream<Path> files = Files.list(folder)) {
            StringBuilder text = new StringBuilder();
            for (Path file : files.sorted().toList()) {
                text.append(file.getFileName()).append(' ').append(Files.size(file)).append('\n');
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be listed", e);
        }
    }
}
