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

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

    private static final String[] PURE = {
        "dev.coppice.model..",
        "dev.coppice.plan..",
        "dev.coppice.schedule..",
        "dev.coppice.report.."
    };

    /// Each room, and the rooms that it may know. A room that is missing here fails the build.
    private static final Map<String, Set<String>> MAY_KNOW =
            Map.ofEntries(
                    Map.entry("model", Set.of()),
                    Map.entry("plan", Set.of("model")),
                    Map.entry("schedule", Set.of("model")),
                    Map.entry("report", Set.of("model")),
                    Map.entry("engine", Set.of("model", "schedule")),
                    Map.entry("store", Set.of("model", "engine")),
                    Map.entry("document", Set.of("model", "plan")),
                    Map.entry("config", Set.of("model", "plan", "document")),
                    Map.entry("folder", Set.of("model", "report")),
                    Map.entry("process", Set.of()),
                    Map.entry("git", Set.of("model", "process")),
                    Map.entry("merge", Set.of("model", "git")),
                    Map.entry("workspace", Set.of("model", "git", "process")),
                    Map.entry("agent", Set.of("model", "process")),
                    Map.entry("lead", Set.of("model", "plan", "document")),
                    Map.entry(
                            "attempt",
                            Set.of(
                                    "model",
                                    "plan",
                                    "engine",
                                    "process",
                                    "git",
                                    "merge",
                                    "workspace",
                                    "agent",
                                    "lead",
                                    "folder")),
                    Map.entry("client", Set.of()),
                    Map.entry(
                            "server",
                            Set.of(
                                    "model",
                                    "plan",
                                    "report",
                                    "engine",
                                    "runtime",
                                    "config",
                                    "document",
                                    "folder",
                                    "lead",
                                    "client")));

    /// These put rooms together, so they may know all those below them.
    private static final Set<String> DOORS = Set.of("runtime", "library", "cli");

    @Test
    void theProductIsSeen() {
        assertThat(rooms()).contains("model", "schedule", "engine", "process", "git", "cli");
        assertThat(PRODUCT.size()).isGreaterThan(200);
    }

    @Test
    void eachRoomKnowsOnlyTheRoomsBelowIt() {
        for (String room : rooms()) {
            if (DOORS.contains(room)) {
                continue;
            }
            Set<String> allowed = MAY_KNOW.get(room);
            assertThat(allowed).as("the floors say nothing of the room " + room).isNotNull();
            String[] forbidden =
                    rooms().stream()
                            .filter(other -> !other.equals(room) && !allowed.contains(other))
                            .map(other -> "dev.coppice." + other + "..")
                            .toArray(String[]::new);
            ArchRule rule =
                    noClasses()
                            .that()
                            .resideInAPackage("dev.coppice." + room + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(forbidden);
            rule.check(PRODUCT);
        }
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
        for (String member : List.of("now", "systemUTC", "systemDefaultZone")) {
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
                .map(c -> c.getPackageName().substring("dev.coppice.".length()).split("\\.")[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
