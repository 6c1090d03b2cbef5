package dev.coppice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.engine.EventLogException;
import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Event.Level;
import dev.coppice.model.Event.Noted;
import dev.coppice.model.Event.TasksAdded;
import dev.coppice.model.Expectation;
import dev.coppice.model.JobId;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Opening a store, and what happens where that or a write goes wrong.
final class StoresTest {
    private static final Instant AT = Instant.parse("2026-11-21T09:30:00Z");
    private static final JobId JOB = JobId.of(AT, 1);

    @TempDir private Path folder;

    @Test
    void onlyItsOwnerCanReadAStore() throws IOException {
        Path own = folder.resolve("git").resolve("coppice");
        try (Store store = Stores.open(own.resolve("coppice.db"))) {
            store.append(JOB, 1, AT, List.of(note("1")));

            assertThat(permissions(own)).isEqualTo("rwx------");
            assertThat(files(own))
                    .contains("coppice.db", "coppice.db-wal", "coppice.db-shm")
                    .allSatisfy(name ->
                            assertThat(permissions(own.resolve(name))).isEqualTo("rw-------"));
        }
    }

    @Test
    void aCommitWaitsForTheDiskAndNoReaderForAWriter() throws SQLException {
        Stores.open(file()).close();

        try (Connection connection = StoreFile.of(file()).connect();
                Statement statement = connection.createStatement()) {
            int full = 2;
            assertThat(statement.executeQuery("pragma synchronous").getInt(1)).isEqualTo(full);
            assertThat(statement.executeQuery("pragma journal_mode").getString(1)).isEqualTo("wal");
        }
    }

    @Test
    void lookingForAStoreMakesNone() {
        String url = "jdbc:sqlite:" + file();
        assertThat(Stores.exists(url)).isFalse();
        assertThat(file()).doesNotExist();

        Stores.open(url, folder.resolve("cache")).close();
        assertThat(Stores.exists(url)).isTrue();
    }

    @Test
    void aUrlOfAnotherFormIsRefused() {
        for (String url :
                List.of(
                        "jdbc:postgresql://ada:secret@localhost/coppice",
                        "jdbc:sqlite:",
                        "jdbc:sqlite::memory:",
                        "coppice.db")) {
            assertThatThrownBy(() -> Stores.open(url, folder.resolve("cache")))
                    .isInstanceOf(EventLogException.class)
                    .hasMessageContaining(url.split("//", -1)[0])
                    .hasMessageContaining("jdbc:sqlite:PATH")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void aFolderMayHaveCharactersThatMeanSomethingInAUrl() {
        Path odd = folder.resolve("50% of 'this'? #1 & that;").resolve("a?b").resolve("coppice.db");
        try (Store store = Stores.open("jdbc:sqlite:" + odd, folder.resolve("cache"))) {
            store.append(JOB, 1, AT, List.of(note("1")));
        }

        assertThat(odd).isRegularFile();
        try (Store store = Stores.open(odd)) {
            assertThat(store.jobs()).containsExactly(JOB);
        }
    }

    @Test
    void theNativeLibraryIsUnpackedOnce() throws IOException {
        Path cache = folder.resolve("cache");
        Stores.open("jdbc:sqlite:" + file(), cache).close();
        Path versioned = onlyFileIn(cache);
        Path library = onlyFileIn(versioned);
        Object identity = Files.getAttribute(library, "unix:ino");
        Stores.open("jdbc:sqlite:" + file(), cache).close();

        assertThat(Files.getAttribute(library, "unix:ino")).isEqualTo(identity);
        assertThat(permissions(versioned)).isEqualTo("rwx------");
    }

    @Test
    void manyMayOpenANewStoreAtOnce() throws Exception {
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            JobId job = JobId.of(AT, i);
            all.add(() -> {
                try (Store store = Stores.open(file())) {
                    return store.append(job, 1, AT, List.of(note("1")));
                }
            });
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> appended : executor.invokeAll(all)) {
                assertThat(appended.get()).isTrue();
            }
        }
        try (Store store = Stores.open(file())) {
            assertThat(store.jobs()).hasSize(8);
        }
    }

    @Test
    void aStoreThatIsUpToDateIsOpenedWithoutAMigration() {
        Stores.open(file()).close();
        Schema withoutMigrations =
                new Schema(StoreFile.of(file()), List.of("classpath:nowhere"), 1, () -> AT);

        try (Store store = SqliteEventLog.open(StoreFile.of(file()), withoutMigrations)) {
            assertThat(store.jobs()).isEmpty();
        }
    }

    @Test
    void aStoreOfANewerVersionIsRefusedAndLeftAlone() throws IOException {
        Stores.open(file()).close();
        execute("pragma user_version = 7");
        byte[] before = Files.readAllBytes(file());

        assertThatThrownBy(() -> Stores.open(file()))
                .isInstanceOf(EventLogException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("version 7");
        assertThat(file()).hasBinaryContent(before);
    }

    @Test
    void anOlderStoreIsCopiedBesideItselfAndThenMigrated() throws Exception {
        try (Store store = Stores.open(file())) {
            store.append(JOB, 1, AT, List.of(note("of version 1")));

            // Still open, so that the copy must also have what is in the write-ahead log.
            try (Store migrated = openWith("later")) {
                assertThat(migrated.read(JOB, 0, 9)).hasSize(1);
            }
        }

        Path copy = folder.resolve("coppice.db.v1-20261121T093000.000Z");
        assertThat(permissions(copy)).isEqualTo("rw-------");
        assertThat(version(file())).isEqualTo(2);
        assertThat(version(copy)).isEqualTo(1);
        try (Store store = Stores.open(copy)) {
            assertThat(store.read(JOB, 0, 9)).hasSize(1);
            assertThat(store.verify(JOB)).isInstanceOf(Chain.Verified.class);
        }
    }

    @Test
    void aMigrationThatFailsLeavesTheStoreAsItWas() {
        try (Store store = Stores.open(file())) {
            store.append(JOB, 1, AT, List.of(note("of version 1")));
        }

        assertThatThrownBy(() -> openWith("broken"))
                .isInstanceOf(EventLogException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("coppice.db.v1-20261121T093000.000Z");

        try (Store store = Stores.open(file())) {
            assertThat(store.read(JOB, 0, 9)).hasSize(1);
        }
    }

    @Test
    void anotherProgramsDatabaseIsLeftAlone() {
        execute("create table theirs (a)");

        assertThatThrownBy(() -> Stores.open(file()))
                .isInstanceOf(EventLogException.class)
                .hasMessageContaining(file().toString());
        execute("insert into theirs values (1)");
    }

    @Test
    void aFileThatIsNoStoreIsNamed() throws IOException {
        Files.writeString(file(), "this is not a database, but is long enough ".repeat(50));

        assertThatThrownBy(() -> Stores.open(file()))
                .isInstanceOf(EventLogException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("damaged");
    }

    @Test
    void aFolderInTheStoresPlaceIsNamed() throws IOException {
        Files.createDirectory(file());

        assertThatThrownBy(() -> Stores.open(file()))
                .isInstanceOf(EventLogException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("not a file");
    }

    @Test
    void aFullDiskIsToldAndLosesNothing() {
        AtomicLong acknowledged = new AtomicLong();
        try (Store store = openWithSpaceFor(40)) {
            assertThatThrownBy(() -> fill(store, acknowledged))
                    .isInstanceOf(EventLogException.class)
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("no space");
            assertThat(store.read(JOB, 0, 1000)).hasSize((int) acknowledged.get());
        }

        try (Store store = Stores.open(file())) {
            long next = acknowledged.get() + 1;
            assertThat(store.append(JOB, next, AT, List.of(note("there is space")))).isTrue();
            assertThat(store.verify(JOB)).isInstanceOf(Chain.Verified.class);
        }
    }

    private static void fill(Store store, AtomicLong acknowledged) {
        List<Event> large = List.of(note("x".repeat(2000)));
        while (store.append(JOB, acknowledged.get() + 1, AT, large)) {
            acknowledged.incrementAndGet();
        }
    }

    @Test
    void anAppendThatCannotBeStoredDoesNotHarmThoseBesideIt() throws Exception {
        Stores.open(file()).close();
        List<JobId> small = IntStream.range(0, 8).mapToObj(i -> JobId.of(AT, i)).toList();
        JobId big = JobId.of(AT, 100);
        List<Thread> threads = new CopyOnWriteArrayList<>();
        try (Store store = openWithSpaceFor(60);
                ExecutorService executor =
                        Executors.newThreadPerTaskExecutor(task -> started(task, threads))) {
            List<Future<Boolean>> answers = new ArrayList<>();
            Future<Boolean> refused;
            // While somebody else writes all of them wait, and so come into one commit.
            try (Connection other = connect(file());
                    Statement statement = other.createStatement()) {
                statement.execute("begin immediate");
                for (JobId job : small) {
                    Callable<Boolean> append = () -> store.append(job, 1, AT, List.of(note("1")));
                    answers.add(executor.submit(append));
                }
                List<Event> tooMuch = List.of(note("x".repeat(500_000)));
                refused = executor.submit(() -> store.append(big, 1, AT, tooMuch));
                while (!threads.stream().allMatch(GroupCommitTest::awaitsItsAnswer)) {
                    Thread.onSpinWait();
                }
                statement.execute("rollback");
            }

            for (Future<Boolean> answer : answers) {
                assertThat(answer.get()).isTrue();
            }
            assertThatThrownBy(refused::get).hasCauseInstanceOf(EventLogException.class);
            assertThat(store.jobs()).containsExactlyInAnyOrderElementsOf(small);
        }
    }

    private static Thread started(Runnable task, List<Thread> threads) {
        Thread thread = Thread.ofPlatform().unstarted(task);
        threads.add(thread);
        return thread;
    }

    @Test
    void anAppendThatIsInterruptedWhileItWaitsSaysSo() throws SQLException {
        // While somebody else writes, the append waits, however long it takes until it is
        // interrupted.
        try (Store store = Stores.open(file());
                Connection other = connect(file());
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");
            FutureTask<Boolean> append =
                    new FutureTask<>(() -> store.append(JOB, 1, AT, List.of(note("1"))));
            Thread thread = Thread.ofPlatform().start(append);
            while (!GroupCommitTest.awaitsItsAnswer(thread)) {
                Thread.onSpinWait();
            }

            thread.interrupt();

            assertThatThrownBy(append::get)
                    .hasCauseInstanceOf(EventLogException.class)
                    .hasMessageContaining("interrupted");
        }
    }

    @Test
    void whoIsInterruptedAlreadyStoresNothing() {
        try (Store store = Stores.open(file())) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> store.append(JOB, 1, AT, List.of(note("1"))))
                    .isInstanceOf(EventLogException.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.jobs()).isEmpty();
        }
    }

    @Test
    void anEventThatCannotBeReadIsNamed() {
        try (Store store = Stores.open(file())) {
            store.append(JOB, 1, AT, List.of(note("1"), note("2")));
            execute("update event set json = '{\"type\":\"grown\"}' where sequence = 2");

            assertThatThrownBy(() -> store.read(JOB, 0, 9))
                    .isInstanceOf(EventLogException.class)
                    .hasMessageContaining("event 2 of job " + JOB)
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("coppice verify " + JOB);
        }
    }

    @Test
    void aJobThatCannotBeIsNamed() {
        try (Store store = Stores.open(file())) {
            execute("insert into head values ('not a job', 1, '')");

            assertThatThrownBy(store::jobs)
                    .isInstanceOf(EventLogException.class)
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("not a job");
        }
    }

    @Test
    void theTableCanBeReadBySqlAlone() throws SQLException {
        try (Store store = Stores.open(file())) {
            store.append(JOB, 1, AT, List.of(note("1")));
        }

        try (Connection connection = connect(file());
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select job, sequence, at, type, json from event")) {
            assertThat(row.getString("job")).isEqualTo(JOB.value());
            assertThat(row.getLong("sequence")).isEqualTo(1);
            assertThat(row.getString("at")).isEqualTo("2026-11-21T09:30:00Z");
            assertThat(row.getString("type")).isEqualTo("noted");
            assertThat(row.getString("json"))
                    .isEqualTo("{\"type\":\"noted\",\"level\":\"info\",\"text\":\"1\"}");
        }
    }

    @Test
    void aPlanOfAHundredThousandTasksIsOneEvent() {
        List<Task> tasks = IntStream.range(0, 100_000).mapToObj(StoresTest::task).toList();
        Event added = new TasksAdded(Optional.empty(), "a large plan", tasks);
        try (Store store = Stores.open(file())) {
            store.append(JOB, 1, AT, List.of(added));

            assertThat(store.last(JOB)).contains(new Recorded(JOB, 1, AT, added));
            assertThat(store.verify(JOB)).isInstanceOf(Chain.Verified.class);
        }
    }

    private static Task task(int number) {
        List<Need> needs =
                number == 0 ? List.of() : List.of(Need.success(new TaskId("t" + (number - 1))));
        return new Task(
                new TaskId("t" + number),
                new Duty.Work(),
                "Write file number " + number,
                Task.DEFAULT_PRIORITY,
                needs,
                List.of("src/A.java"),
                "",
                new AgentName("claude"),
                Optional.empty(),
                Expectation.CHANGES,
                List.of(),
                List.of(),
                true,
                Optional.of(Duration.ofMinutes(number)),
                new Limits(Duration.ofMinutes(10), 2, 2, Optional.empty()));
    }

    private Path file() {
        return folder.resolve("coppice.db");
    }

    private Store openWithSpaceFor(int pages) {
        String url = "jdbc:sqlite:" + file() + "?max_page_count=" + pages;
        return Stores.open(url, folder.resolve("cache"));
    }

    /// Opens the store as a later version would, whose second migration is in the folder `name`.
    private Store openWith(String name) {
        StoreFile file = StoreFile.of(file());
        List<String> locations = List.of(Schema.LOCATION, "classpath:dev/coppice/store/" + name);
        return SqliteEventLog.open(file, new Schema(file, locations, 2, () -> AT));
    }

    private static Event note(String text) {
        return new Noted(Level.INFO, Optional.empty(), text);
    }

    private static Connection connect(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private void execute(String sql) {
        try (Connection connection = connect(file());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static int version(Path file) throws SQLException {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma user_version")) {
            return row.getInt(1);
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static Path onlyFileIn(Path folder) throws IOException {
        List<String> names = files(folder);
        assertThat(names).hasSize(1);
        return folder.resolve(names.getFirst());
    }

    private static String permissions(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
