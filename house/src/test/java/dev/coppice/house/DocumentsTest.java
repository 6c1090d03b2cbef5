package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// The documents beside the code say what is so: what they name exists, and what must be named is.
class DocumentsTest {
    static final Path ROOT = root();

    /// Code in the text: what stands between two backticks on one line.
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");

    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern TYPE = Pattern.compile("[A-Z][a-z]\\w*(\\.[A-Z]\\w*)*(#\\w+)?");
    private static final Pattern PACKAGE = Pattern.compile("dev\\.coppice(\\.[a-z]+)*");
    private static final Pattern PROGRAM = Pattern.compile("\\./([\\w./-]+).*");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");

    /// A name that ends like a file of ours, or a path below a folder at the root.
    private static final Pattern FILE =
            Pattern.compile("[\\w.-]+\\.(md|xml|java|sql|svg)|[\\w.-]+(/[\\w.-]+)+/?");

    /// Files that stand in a job's folder and not in this one.
    private static final Set<String> OF_A_JOB = Set.of("FINAL_RESULT.md", "LEVEL_0_REPORT.md");

    /// Types of the JDK that the documents speak of.
    private static final Set<String> OF_THE_JDK =
            Set.of(
                    "Duration",
                    "InstantSource",
                    "Locale.ROOT",
                    "Optional",
                    "Path",
                    "ProcessBuilder",
                    "ProcessHandle",
                    "StructuredTaskScope",
                    "System.Logger",
                    "Thread");

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "CONTRIBUTING.md", "AGENTS.md"})
    void whatADocumentNamesExists(String document) {
        Set<String> types = types();
        Set<String> packages = packages();
        List<String> missing = new ArrayList<>();

        List<String> named = codes(read(document));
        for (String code : named) {
            Matcher program = PROGRAM.matcher(code);
            boolean isThere;
            if (program.matches()) {
                isThere = Files.isExecutable(ROOT.resolve(program.group(1)));
            } else if (PACKAGE.matcher(code).matches()) {
                isThere = packages.stream().anyMatch(p -> (p + ".").startsWith(code + "."));
            } else if (TYPE.matcher(code).matches()) {
                isThere = OF_THE_JDK.contains(code) || types.contains(typeIn(code));
            } else if (isOurFile(code)) {
                isThere = isFile(code);
            } else {
                isThere = true;
            }
            if (!isThere) {
                missing.add(code);
            }
        }

        assertThat(named).hasSizeGreaterThan(20);
        assertThat(missing).as("what %s names and is not there", document).isEmpty();
    }

    @Test
    void everyRoomIsOnTheMap() {
        String map = read("ARCHITECTURE.md");

        for (String name : packages()) {
            String room = name.substring(name.lastIndexOf('.') + 1);
            assertThat(map.lines())
                    .as("a line of the map for %s", name)
                    .anyMatch(line -> line.matches("\\|[^|]*\\| `" + room + "` \\|.*"));
        }
    }

    @Test
    void linksLeadSomewhere() {
        for (Path document : documents()) {
            Matcher link = LINK.matcher(read(document));
            while (link.find()) {
                if (!link.group(1).contains("://")) {
                    Path target = document.resolveSibling(link.group(1));
                    assertThat(target).as("a link in %s", document).exists();
                }
            }
        }
    }

    @Test
    void everyDependencyIsExplained() {
        List<String> lines = read("docs/dependencies.md").lines().toList();

        for (Path pom : poms()) {
            for (String artefact : artefacts(pom)) {
                assertThat(lines)
                        .as("%s, which %s names, has a line of its own", artefact, pom)
                        .anyMatch(line ->
                                line.contains(":" + artefact + "`")
                                        || line.contains("`" + artefact + "`"));
            }
        }
    }

    @Test
    void theVersionsOfTheDependenciesAreThoseOfThePoms() {
        TreeMap<String, String> versions = new TreeMap<>();
        Matcher version = Pattern.compile("<([a-z-]+)\\.version>([^<]+)<").matcher(read("pom.xml"));
        while (version.find()) {
            versions.put(version.group(1), version.group(2));
        }
        String text = read("docs/dependencies.md");

        assertThat(versions).hasSizeGreaterThan(10);
        assertThat(versions.values()).allSatisfy(v -> assertThat(text).contains(v));
    }

    /// What the page on troubles quotes in a heading is a message, and so is code with a `…`. What varies in a message
    /// stands as `…` or `(N)` there.
    @Test
    void theMessagesOnThePageOfTroublesAreThoseOfThePrograms() {
        Pattern quoted =
                Pattern.compile("(?m)(?<=^## \")[^\"\n]+(?=\")|(?<=`)[^`\n]*…[^`\n]*(?=`)");
        List<String> parts =
                quoted.matcher(read("docs/guide/troubleshooting.md"))
                        .results()
                        .flatMap(message ->
                                Pattern.compile("…|\\(N\\)").splitAsStream(message.group()))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList();
        List<String> programs =
                sources()
                        .filter(source -> source.toString().contains("/src/main/"))
                        .filter(source -> source.toString().endsWith(".java"))
                        .map(DocumentsTest::read)
                        .toList();

        assertThat(parts)
                .hasSizeGreaterThan(6)
                .allSatisfy(part ->
                        assertThat(programs)
                                .as("a program that says: %s", part)
                                .anyMatch(source -> source.contains(part)));
    }

    @Test
    void theReadmeHasItsTwoCommands() {
        assertThat(read("README.md").lines()).contains("./coppice demo", "./mvnw verify");
        assertThat(ROOT.resolve("coppice")).isExecutable();
        assertThat(ROOT.resolve("mvnw")).isExecutable();
    }

    @Test
    void decisionsAreNumberedWithoutGaps() {
        List<String> names =
                below(ROOT.resolve("docs").resolve("decisions")).stream()
                        .map(d -> d.getFileName().toString())
                        .sorted()
                        .toList();

        assertThat(names).isNotEmpty();
        for (int i = 0; i < names.size(); i++) {
            assertThat(names.get(i)).startsWith("%04d-".formatted(i + 1));
        }
    }

    private static boolean isOurFile(String code) {
        if (!FILE.matcher(code).matches() || OF_A_JOB.contains(code)) {
            return false;
        }
        return !code.contains("/") || Files.exists(ROOT.resolve(code.split("/")[0]));
    }

    private static boolean isFile(String code) {
        return Files.exists(ROOT.resolve(code))
                || sources().anyMatch(p -> p.getFileName().toString().equals(code));
    }

    /// The simple name of the type in `Event.AttemptEnded` or `JobState#apply`.
    private static String typeIn(String code) {
        String name = code.split("#")[0];
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<String> codes(String document) {
        return CODE.matcher(FENCED.matcher(document).replaceAll(""))
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    /// The simple names of all types in our sources, nested ones too.
    private static Set<String> types() {
        Pattern declared =
                Pattern.compile("\\b(?:class|interface|record|enum|@interface) ([A-Z]\\w*)");
        return sources()
                .filter(p -> p.toString().endsWith(".java"))
                .flatMap(p -> declared.matcher(read(p)).results().map(m -> m.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> packages() {
        Pattern inside = Pattern.compile(".*/(dev/coppice/.+)/package-info\\.java");
        return sources()
                .map(p -> inside.matcher(p.toString()))
                .filter(Matcher::matches)
                .map(m -> m.group(1).replace('/', '.'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// All files below the `src` folders of the modules.
    private static Stream<Path> sources() {
        List<Path> files = new ArrayList<>();
        for (Path pom : poms()) {
            Path src = pom.resolveSibling("src");
            if (Files.isDirectory(src)) {
                files.addAll(below(src));
            }
        }
        return files.stream();
    }

    private static List<Path> documents() {
        List<Path> documents = new ArrayList<>();
        documents.addAll(below(ROOT.resolve("docs")));
        try (Stream<Path> atRoot = Files.list(ROOT)) {
            atRoot.forEach(documents::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return documents.stream().filter(d -> d.toString().endsWith(".md")).toList();
    }

    private static List<Path> below(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> poms() {
        List<Path> poms = new ArrayList<>(List.of(ROOT.resolve("pom.xml")));
        Matcher module = Pattern.compile("<module>([^<]+)<").matcher(read("pom.xml"));
        while (module.find()) {
            poms.add(ROOT.resolve(module.group(1)).resolve("pom.xml"));
        }
        return poms;
    }

    /// The artefacts of others that a pom names: libraries, plugins, and what runs within plugins.
    private static Set<String> artefacts(Path pom) {
        Set<String> artefacts = new TreeSet<>();
        try {
            Element project =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(pom.toFile())
                            .getDocumentElement();
            for (String kind : List.of("dependency", "plugin", "path")) {
                NodeList elements = project.getElementsByTagName(kind);
                for (int i = 0; i < elements.getLength(); i++) {
                    String artefact = child((Element) elements.item(i), "artifactId");
                    if (!artefact.startsWith("coppice-")) {
                        artefacts.add(artefact);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("not a pom: " + pom, e);
        }
        return artefacts;
    }

    private static String child(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent().strip();
    }

    private static String read(String name) {
        return read(ROOT.resolve(name));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The folder of the whole project, above the one in which this module's tests run.
    private static Path root() {
        Path module = Path.of("").toAbsolutePath();
        return Files.exists(module.resolve("mvnw")) ? module : module.resolveSibling("");
    }
}
