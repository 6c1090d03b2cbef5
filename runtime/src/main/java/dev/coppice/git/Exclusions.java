package dev.coppice.git;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// Files and folders that must never enter a commit of ours: paths from the top, taken literally; a folder stands for
/// all that is in it.
public record Exclusions(List<String> paths) {
    /// @throws IllegalArgumentException for a path that is empty, absolute or leads upwards
    public Exclusions {
        paths = paths.stream().map(Exclusions::normal).distinct().toList();
    }

    public static Exclusions none() {
        return new Exclusions(List.of());
    }

    public static Exclusions of(Collection<String> paths) {
        return new Exclusions(List.copyOf(paths));
    }

    private static String normal(String path) {
        String normal = path.replaceFirst("^(\\./+)+", "").replaceFirst("/+$", "");
        if (normal.isEmpty()
                || normal.startsWith("/")
                || normal.indexOf('\0') >= 0
                || List.of(normal.split("/", -1)).contains("..")) {
            throw new IllegalArgumentException("not a path below the top: '" + path + "'");
        }
        return normal;
    }

    /// The pattern, in gitignore's form, of this path alone. It does not end with `/`: a linked `node_modules` is no folder
    /// to git.
    ///
    /// @param path from the top
    public static String pattern(String path) {
        return "/" + path.replaceAll("([\\\\*?\\[ ])", "\\\\$1");
    }

    /// Whether `path` is one of these or lies in one.
    public boolean covers(String path) {
        String name = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return paths.stream().anyMatch(excluded -> isOrLiesIn(name, excluded));
    }

    private static boolean isOrLiesIn(String name, String folder) {
        return name.startsWith(folder)
                && (name.length() == folder.length() || name.charAt(folder.length()) == '/');
    }

    /// Whether one of these lies in the folder `path`.
    boolean liesWithin(String path) {
        String folder = path.endsWith("/") ? path : path + "/";
        return paths.stream().anyMatch(excluded -> excluded.startsWith(folder));
    }

    boolean isEmpty() {
        return paths.isEmpty();
    }

    List<String> pathspecs() {
        return paths.stream().map(path -> ":(top,literal)" + path).toList();
    }

    /// The pathspecs of everything but these.
    List<String> complement() {
        return Stream.concat(
                        Stream.of(":(top)"),
                        paths.stream().map(path -> ":(top,exclude,literal)" + path))
                .toList();
    }
}
