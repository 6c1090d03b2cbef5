package dev.coppice.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The floors of ARCHITECTURE.md: which room may know which.
class FloorsTest {
    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("testkit"))
                    .importPackages("dev.coppice");

    private static final String OURS = "dev.coppice.";

    /// `| module | room | what it holds | what it may know |`, where a module stands in its first row alone.
    private static final Pattern ROW =
            Pattern.compile("\\| (?:`(\\w+)` )?\\| `(\\w+)` \\| .* \\| ([^|]+) \\|");

    private static final Pattern NAME = Pattern.compile("`(\\w+)`");

    /// The doors of these know what they like, as far as that lies below them; the tests are not the product.
    private static final Set<String> NOT_MAPPED = Set.of("library", "testkit", "house");

    private static final String[] PURE = {
        "dev.coppice.model..",
        "dev.coppice.plan..",
        "dev.coppice.schedule..",
        "dev.coppice.report.."
    };

    /// These put rooms together, so they may know all those below them.
    private static final Set<String> DOORS = Set.of("runtime", "library", "cli");

    @Test
    void theProductIsSeen() {
        assertThat(rooms()).contains("model", "schedule", "engine", "process", "git", "cli");
        assertThat(PRODUCT.size()).isGreaterThan(200);
    }

    /// The map of ARCHITECTURE.md is the rule; what it allows and nobody needs is taken away from it.
    @Test
    void eachRoomKnowsTheRoomsThatTheMapNamesForIt() throws IOException {
        Map<String, Set<String>> known = new TreeMap<>();
        rooms().stream()
                .filter(room -> !DOORS.contains(floor(room)))
                .forEach(room -> known.put(room, new TreeSet<>()));
        for (JavaClass each : PRODUCT) {
            Set<String> others = known.getOrDefault(room(each), new TreeSet<>());
            for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                JavaClass other = dependency.getTargetClass().getBaseComponentType();
                if (isOurs(other)) {
                    others.add(room(other));
                }
            }
        }
        known.forEach((room, others) -> others.remove(room));

        assertThat(map()).isEqualTo(known);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().startsWith(OURS);
    }

    /// What the map has of each room but the doors and the tests.
    private static Map<String, Set<String>> map() throws IOException {
        Map<String, String> rooms = new TreeMap<>();
        Map<String, String> mayKnow = new TreeMap<>();
        String module = "";
        for (String line : Files.readAllLines(DocumentsTest.ROOT.resolve("ARCHITECTURE.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                module = Optional.ofNullable(row.group(1)).orElse(module);
                String room = module.equals("server") ? "server." + row.group(2) : row.group(2);
                rooms.put(row.group(2), room);
                if (!NOT_MAPPED.contains(module) && !DOORS.contains(floor(room))) {
                    mayKnow.put(room, row.group(3));
                }
            }
        }
        Map<String, Set<String>> map = new TreeMap<>();
        mayKnow.forEach((room, words) ->
                map.put(
                        room,
                        NAME.matcher(words)
                                .results()
                                .map(name -> rooms.getOrDefault(name.group(1), name.group(1)))
                                .collect(Collectors.toCollection(TreeSet::new))));
        return map;
    }

    @Test
    void noRoomKnowsTheDoorsAboveIt() {
        onlyDownwards(List.of("runtime"), List.of("library", "server", "cli"));
        onlyDownwards(List.of("library"), List.of());
        onlyDownwards(List.of("server"), List.of("cli"));
        onlyDownwards(List.of("cli"), List.of());
    }

    /// Of all rooms, none but itself and those `above` knows a room of `below`.
    private static void onlyDownwards(List<String> below, List<String> above) {
        String[] allowed =
                Stream.concat(below.stream(), above.stream())
                        .map(room -> "dev.coppice." + room + "..")
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideOutsideOfPackages(allowed)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        below.stream()
                                .map(room -> "dev.coppice." + room + "..")
                                .toArray(String[]::new))
                .check(PRODUCT);
    }

    @Test
    void theFamiliesOfTheLibraryDoNotKnowEachOther() {
        slices().matching("dev.coppice.library.(*)..")
                .should()
                .notDependOnEachOther()
                .check(PRODUCT);
    }

    /// But for `Answer`, which reads text.
    @Test
    void thePatternsOfASessionAreMadeOfWhatItsUsersHave() {
        noClasses()
                .that()
                .haveNameMatching(".*\\.session\\.(Patterns|NVersion|Debate|Cascade|ExpertPanel)")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.coppice.library.session..")
                                .and(not(modifier(JavaModifier.PUBLIC)))
                                .and(not(simpleName("Answer"))))
                .check(PRODUCT);
    }

    @Test
    void thereAreNoCircles() {
        slices().matching("dev.coppice.(*)..").should().beFreeOfCycles().check(PRODUCT);
        slices().matching("dev.coppice.server.(*)..").should().beFreeOfCycles().check(PRODUCT);
    }

    @Test
    void pureRoomsTouchNothing() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.io..", "java.nio..", "java.net..", "java.util.concurrent.."))
                .check(PRODUCT);
        for (String member :
                List.of(
                        "now",
                        "systemUTC",
                        "systemDefaultZone",
                        "nanoTime",
                        "currentTimeMillis",
                        "getenv",
                        "getProperty",
                        "random",
                        "randomUUID")) {
            noClasses()
                    .that()
                    .resideInAnyPackage(PURE)
                    .should()
                    .callMethodWhere(target(name(member)))
                    .check(PRODUCT);
        }
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.ProcessBuilder")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.util.random..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.security.SecureRandom")
                .check(PRODUCT);
    }

    @Test
    void theModelIsMadeOfRecordsEnumsAndSealedTypes() {
        classes()
                .that()
                .resideInAPackage("dev.coppice.model..")
                .and()
                .areNotInterfaces()
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .beRecords()
                .orShould()
                .beEnums()
                .check(PRODUCT);
    }

    /// These throw for half of a character, which agents do print; `getBytes` replaces it.
    @Test
    void noTextIsTooOddToBeWritten() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.coppice.attempt..",
                        "dev.coppice.folder..",
                        "dev.coppice.workspace..",
                        "dev.coppice.library..")
                .should()
                .callMethod(
                        Files.class,
                        "writeString",
                        Path.class,
                        CharSequence.class,
                        OpenOption[].class)
                .orShould()
                .callMethod(Files.class, "newBufferedWriter", Path.class, OpenOption[].class)
                .check(PRODUCT);
    }

    @Test
    void theCoreNeedsTheJdkAlone() {
        noClasses()
                .that(
                        resideInAnyPackage(
                                "dev.coppice.model..",
                                "dev.coppice.plan..",
                                "dev.coppice.schedule..",
                                "dev.coppice.report..",
                                "dev.coppice.engine.."))
                .should()
                .dependOnClassesThat(
                        not(
                                resideInAPackage("dev.coppice..")
                                        .or(resideInAnyPackage("java..", "org.jspecify.."))))
                .check(PRODUCT);
    }

    @Test
    void aGuestLibraryStaysInItsRooms() {
        Map<String, List<String>> guests =
                Map.of(
                        "org.sqlite..", List.of("dev.coppice.store.."),
                        "org.flywaydb..", List.of("dev.coppice.store.."),
                        "org.eclipse.jetty..", List.of("dev.coppice.server.rest.."),
                        "io.modelcontextprotocol..", List.of("dev.coppice.server.mcp.."),
                        "reactor..", List.of("dev.coppice.server.mcp.."),
                        "picocli..", List.of("dev.coppice.cli.."),
                        "ch.qos.logback..", List.of("dev.coppice.cli.."),
                        "tools.jackson..",
                                List.of(
                                        "dev.coppice.store..",
                                        "dev.coppice.workspace..",
                                        "dev.coppice.document..",
                                        "dev.coppice.lead..",
                                        "dev.coppice.agent..",
                                        "dev.coppice.folder..",
                                        "dev.coppice.library..",
                                        "dev.coppice.client..",
                                        "dev.coppice.server.."));
        guests.forEach((guest, rooms) ->
                noClasses()
                        .that()
                        .resideOutsideOfPackages(rooms.toArray(String[]::new))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(guest)
                        .check(PRODUCT));
    }

    @Test
    void everyPackageIsNullMarkedAndNamedForWhatItHolds() {
        Set<String> packages =
                PRODUCT.stream()
                        .map(c -> c.getPackageName())
                        .collect(Collectors.toCollection(TreeSet::new));
        for (String name : packages) {
            assertThat(
                            PRODUCT.getPackage(name)
                                    .isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                    .as(name + " is @NullMarked")
                    .isTrue();
            assertThat(Stream.of(name.split("\\.")))
                    .doesNotContain("util", "utils", "common", "helper", "manager", "impl", "dto");
        }
        assertThat(PRODUCT.stream().map(c -> c.getSimpleName()))
                .noneMatch(n ->
                        n.endsWith("Util")
                                || n.endsWith("Utils")
                                || n.endsWith("Helper")
                                || n.endsWith("Manager")
                                || n.endsWith("Impl"));
    }

    private static Set<String> rooms() {
        return PRODUCT.stream()
                .map(FloorsTest::room)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Two words for the rooms of the server, one for all others.
    private static String room(JavaClass type) {
        List<String> words = List.of(type.getPackageName().substring(OURS.length()).split("\\."));
        return words.getFirst().equals("server") && words.size() > 1
                ? words.get(0) + "." + words.get(1)
                : words.getFirst();
    }

    private static String floor(String room) {
        return room.split("\\.")[0];
    }
}
