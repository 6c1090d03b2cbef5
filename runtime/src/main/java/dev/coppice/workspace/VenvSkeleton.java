package dev.coppice.workspace;

import dev.coppice.git.Leftovers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The parts of a Python environment that must be its own, over a template that holds the packages: links to
/// the interpreter, a `pyvenv.cfg`, scripts that start this environment's Python, and a `site-packages` that
/// pip writes to and in which one `.pth` file makes the template's packages seen. Nothing is shared that
/// could be written through: not even a script.
///
/// A template may itself be a skeleton over another.
final class VenvSkeleton {
    private static final String SEES_TEMPLATE = "_coppice_template.pth";

    /// The longest first line that every Linux reads, with its `#!`.
    private static final int FIRST_LINE_MAX = 127;

    /// A script's start: the interpreter in its first line or, where that would be too long, a line for the
    /// shell inside of what Python takes for a string.
    private static final Pattern START =
            Pattern.compile(
                    "\\A#!(?:/bin/sh\\n'''exec' )?\"?[^\\n]*?/bin/(python[0-9.]*)\"?"
                            + "(?: \"\\$0\" \"\\$@\"\\n' ''')?[ \\t]*\\r?\\n");

    private final Path template;

    private VenvSkeleton(Path template) {
        this.template = template;
    }

    static VenvSkeleton over(Path template) {
        return new VenvSkeleton(template);
    }

    /// Writes the environment `folder`, in place of what is there.
    void writeTo(Path folder) throws IOException {
        Leftovers.delete(folder);
        Files.createDirectories(folder.resolve("include"));
        Path packages = sitePackages();
        Path ownPackages = folder.resolve(template.relativize(packages));
        Files.createDirectories(ownPackages);
        String seesTemplate =
                "import site; site.addsitedir('" + escaped(packages.toString()) + "')\n";
        Files.write(
                ownPackages.resolve(SEES_TEMPLATE), seesTemplate.getBytes(StandardCharsets.UTF_8));
        Path lib64 = template.resolve("lib64");
        if (Files.isSymbolicLink(lib64)) {
            Files.createSymbolicLink(folder.resolve("lib64"), Files.readSymbolicLink(lib64));
        }
        writeConfiguration(folder);
        writePrograms(folder);
    }

    private Path sitePackages() throws IOException {
        try (DirectoryStream<Path> versions =
                Files.newDirectoryStream(template.resolve("lib"), "python*")) {
            for (Path version : versions) {
                return version.resolve("site-packages");
            }
        }
        throw new IOException("no Python packages in the template " + template);
    }

    /// All but the line that tells how the template was made.
    private void writeConfiguration(Path folder) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(template.resolve("pyvenv.cfg")));
        lines.removeIf(line -> line.startsWith("command"));
        Files.write(folder.resolve("pyvenv.cfg"), lines);
    }

    private void writePrograms(Path folder) throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        try (DirectoryStream<Path> programs = Files.newDirectoryStream(template.resolve("bin"))) {
            for (Path program : programs) {
                Path own = bin.resolve(program.getFileName());
                String name = program.getFileName().toString();
                if (Files.isSymbolicLink(program)) {
                    Files.createSymbolicLink(own, Files.readSymbolicLink(program));
                } else if (Files.isRegularFile(program)) {
                    Files.copy(
                            program,
                            own,
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                    if (name.toLowerCase(Locale.ROOT).startsWith("activate")) {
                        moveActivation(own, folder);
                    } else if (isScript(own)) {
                        moveScript(own, bin);
                    }
                }
            }
        }
    }

    private static boolean isScript(Path program) throws IOException {
        try (InputStream in = Files.newInputStream(program)) {
            return in.read() == '#' && in.read() == '!';
        }
    }

    /// Latin-1 keeps each byte as it is, whatever the script is written in.
    private static void moveScript(Path script, Path bin) throws IOException {
        String text = Files.readString(script, StandardCharsets.ISO_8859_1);
        Matcher start = START.matcher(text);
        if (start.lookingAt()) {
            byte[] first = firstLine(bin.resolve(start.group(1))).getBytes(StandardCharsets.UTF_8);
            byte[] rest = text.substring(start.end()).getBytes(StandardCharsets.ISO_8859_1);
            byte[] all = Arrays.copyOf(first, first.length + rest.length);
            System.arraycopy(rest, 0, all, first.length, rest.length);
            Files.write(script, all);
        }
    }

    private static String firstLine(Path python) {
        String plain = "#!" + python;
        boolean isRead =
                plain.getBytes(StandardCharsets.UTF_8).length <= FIRST_LINE_MAX
                        && plain.chars().noneMatch(Character::isWhitespace);
        if (isRead) {
            return plain + "\n";
        }
        String quoted = python.toString().replaceAll("([\\\\\"$`])", "\\\\$1");
        return "#!/bin/sh\n'''exec' \"" + quoted + "\" \"$0\" \"$@\"\n' '''\n";
    }

    private void moveActivation(Path script, Path folder) throws IOException {
        String text = Files.readString(script);
        String moved = text.replace(template.toString(), folder.toString());
        Files.write(script, moved.getBytes(StandardCharsets.UTF_8));
    }

    /// As it must stand in a Python string, in ASCII, since the encoding of `.pth` files depends on the locale.
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints()
                .forEach(c -> {
                    if (c < ' ' || c > '~' || c == '\'' || c == '\\') {
                        escaped.append("\\U%08x".formatted(c));
                    } else {
                        escaped.appendCodePoint(c);
                    }
                });
        return escaped.toString();
    }
}
