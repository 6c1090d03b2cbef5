package dev.coppice.house;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A page of the guide, whose Java is compiled and run as it stands there.
///
/// Each block fenced as `java` is a program. One with a `main` method is taken as it is; one of statements
/// gets a `main` method around what follows its imports. A block fenced as `text` right below shows what the
/// program prints.
///
/// @param programs in the order of the page
record GuidePage(String name, List<Example> programs) {
    private static final Pattern BLOCK =
            Pattern.compile("(?ms)^```java\\n(.*?)^```\\n(?:\\n?```text\\n(.*?)^```\\n)?");

    private static final Pattern MAIN = Pattern.compile("\\bvoid main\\(");

    /// Generous: only to end a hang.
    private static final long MINUTES_MAX = 5;

    /// The modules of Coppice that whoever depends on the library alone does not get.
    private static final List<String> OTHER_MODULES =
            List.of("house", "server", "cli", "client", "testkit");

    /// Libraries that these modules bring, and those of tests.
    private static final Pattern OTHER_LIBRARIES =
            Pattern.compile(
                    "(jetty|picocli|logback|junit|assertj|archunit|opentest4j|apiguardian|byte-buddy).*\\.jar");

    GuidePage {
        programs = List.copyOf(programs);
    }

    /// One program of a page.
    ///
    /// @param type the class that has its `main` method
    /// @param prints what the page says that it prints
    record Example(String type, String source, Optional<String> prints) {
        @Override
        public String toString() {
            return type;
        }
    }

    /// How a program ended.
    record Ran(int exitCode, String output, String errors) {}

    /// Reads a page.
    static GuidePage read(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.md$", "");
        List<Example> programs = new ArrayList<>();
        try {
            Matcher block = BLOCK.matcher(Files.readString(file));
            while (block.find()) {
                String type = typeName(name) + (programs.size() + 1);
                programs.add(
                        new Example(
                                type,
                                program(block.group(1)),
                                Optional.ofNullable(block.group(2))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new GuidePage(name, programs);
    }

    /// `writing-a-pattern` becomes `WritingAPattern`.
    private static String typeName(String page) {
        return Pattern.compile("-")
                .splitAsStream(page)
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(joining());
    }

    private static String program(String block) {
        if (MAIN.matcher(block).find()) {
            return block;
        }
        StringBuilder imports = new StringBuilder();
        StringBuilder statements = new StringBuilder();
        block.lines()
                .forEach(line ->
                        (line.startsWith("import ") ? imports : statements)
                                .append(line)
                                .append('\n'));
        return imports + "void main() throws Exception {\n" + statements + "}\n";
    }

    /// Compiles all programs of the page into `folder`, against what one has who depends on `coppice-library` alone.
    ///
    /// @return what the compiler has to say against them; empty when they are right
    List<String> compile(Path folder) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(said, null, null)) {
            List<Path> sources = new ArrayList<>();
            for (Example program : programs) {
                sources.add(
                        Files.writeString(
                                folder.resolve(program.type() + ".java"), program.source()));
            }
            List<String> options =
                    List.of(
                            "-cp",
                            librarysClassPath(),
                            "-d",
                            folder.toString(),
                            "-Xlint:all,-processing");
            compiler.getTask(
                            null,
                            files,
                            said,
                            options,
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        return said.getDiagnostics().stream()
                .filter(d -> d.getKind() != Diagnostic.Kind.NOTE)
                .map(d -> d.toString())
                .toList();
    }

    /// Runs a program that was compiled into `classes`, as a user would: in a process of its own.
    ///
    /// @param environment complete
    static Ran run(Example program, Path classes, Path where, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("guide", ".out");
        Path errors = Files.createTempFile("guide", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classes + ":" + classPath(),
                                program.type())
                        .directory(where.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(program + " hangs\n" + Files.readString(errors));
        }
        return new Ran(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private static String librarysClassPath() {
        Path modules = Path.of("").toAbsolutePath().resolveSibling("");
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(classPath())
                .filter(entry ->
                        OTHER_MODULES.stream()
                                .map(modules::resolve)
                                .noneMatch(Path.of(entry)::startsWith))
                .filter(entry ->
                        !OTHER_LIBRARIES
                                .matcher(String.valueOf(Path.of(entry).getFileName()))
                                .matches())
                .collect(joining(File.pathSeparator));
    }

    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
