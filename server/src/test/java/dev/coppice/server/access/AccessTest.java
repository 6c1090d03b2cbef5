package dev.coppice.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.model.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keys are made, changed and recognised.
class AccessTest {
    @TempDir Path folder;

    private Keys keys() {
        return new Keys(folder.resolve("home"), InstantSource.system());
    }

    private Path file() {
        return folder.resolve("home/keys.json");
    }

    @Test
    void aKeyIsItsHoldersUntilItIsRotatedOrRevoked() {
        Access access = new Access(keys(), Optional.empty());
        String first = keys().add("ci", Scope.SUBMIT).orElseThrow();
        assertThat(access.caller(first)).contains(new Caller.KeyHolder("ci", Scope.SUBMIT));

        String second = keys().rotate("ci").orElseThrow();

        assertThat(access.caller(first)).isEmpty();
        assertThat(access.caller(second)).contains(new Caller.KeyHolder("ci", Scope.SUBMIT));
        assertThat(keys().revoke("ci")).isTrue();
        assertThat(access.caller(second)).isEmpty();
        assertThat(keys().revoke("ci")).isFalse();
        assertThat(keys().rotate("ci")).isEmpty();
    }

    @Test
    void aChangeIsSeenThatLeavesTheFileWithItsTimeAndSize() throws Exception {
        Keys keys = new Keys(folder.resolve("home"), () -> Instant.EPOCH);
        Access access = new Access(keys, Optional.empty());
        String first = keys.add("ci", Scope.SUBMIT).orElseThrow();
        assertThat(access.caller(first)).isPresent();
        FileTime time = Files.getLastModifiedTime(file());
        long size = Files.size(file());

        String second = keys.rotate("ci").orElseThrow();
        Files.setLastModifiedTime(file(), time);

        assertThat(file()).hasSize(size);
        assertThat(access.caller(first)).isEmpty();
        assertThat(access.caller(second)).isPresent();
    }

    @Test
    void aNameIsGivenOnce() {
        assertThat(keys().add("ci", Scope.READ)).isPresent();
        assertThat(keys().add("ci", Scope.ADMIN)).isEmpty();
        assertThat(keys().list()).extracting(Keys.Entry::scope).containsExactly(Scope.READ);
        assertThat(Keys.isName(Access.LOCAL)).isFalse();
        assertThatThrownBy(() -> keys().add("../x", Scope.READ))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thoseWhoChangeKeysAtTheSameTimeLoseNone() throws Exception {
        List<String> names = IntStream.range(0, 16).mapToObj(i -> "key-" + i).toList();
        List<Future<Optional<String>>> made = new ArrayList<>();
        try (ExecutorService changers = Executors.newThreadPerTaskExecutor(Thread::new)) {
            Keys shared = keys();
            for (String name : names) {
                made.add(changers.submit(() -> shared.add(name, Scope.READ)));
            }
        }

        assertThat(keys().list())
                .extracting(Keys.Entry::name)
                .containsExactlyInAnyOrderElementsOf(names);
        Access access = new Access(keys(), Optional.empty());
        for (Future<Optional<String>> secret : made) {
            assertThat(access.caller(secret.get().orElseThrow())).isPresent();
        }
    }

    @Test
    void theFileHasNoKeyAndIsForItsOwnerAlone() throws Exception {
        String secret = keys().add("ci", Scope.ADMIN).orElseThrow();

        assertThat(file()).content().doesNotContain(secret).contains("ADMIN");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("home"))))
                .isEqualTo("rwx------");
    }

    @Test
    void aFileThatCantBeReadLeavesTheKeysThatWereKnown() throws Exception {
        Access access = new Access(keys(), Optional.of("mine"));
        String secret = keys().add("ci", Scope.READ).orElseThrow();
        assertThat(access.caller(secret)).isPresent();

        Files.writeString(file(), "spoilt");

        assertThatThrownBy(() -> keys().list())
                .isInstanceOf(AccessException.class)
                .hasMessageContaining(file().toString());
        assertThat(access.caller(secret)).isPresent();
        assertThat(access.caller("mine")).contains(new Caller.KeyHolder(Access.LOCAL, Scope.ADMIN));
        assertThat(access.caller("nobody's")).isEmpty();
        assertThat(new Access(keys(), Optional.empty()).caller(secret))
                .as("who never read it knows none")
                .isEmpty();
    }

    @Test
    void aKeyWithoutAllThatItNeedsIsToldByItsPlaceAndLeavesTheKeysThatWereKnown() throws Exception {
        Access access = new Access(keys(), Optional.of("mine"));
        String secret = keys().add("ci", Scope.READ).orElseThrow();
        assertThat(access.caller(secret)).isPresent();
        String hash = "0".repeat(64);
        String made = "2026-11-21T09:30:00Z";
        Map<String, String> spoilt = new LinkedHashMap<>();
        spoilt.put("{}", "keys must be a list");
        spoilt.put("[]", "keys must be a list");
        spoilt.put("{\"keys\":[null]}", "keys[0].name must be a text");
        spoilt.put(
                "{\"keys\":[{\"name\":\"a\",\"scope\":\"READ\"}]}",
                "keys[0].sha256 must be a text");
        spoilt.put(
                key("a", "ROOT", hash, made), "keys[0].scope must be one of [READ, SUBMIT, ADMIN]");
        spoilt.put(key("a", "READ", "0", made), "keys[0].sha256 must have 64 hexadecimal digits");
        spoilt.put(key("a", "READ", hash, "today"), "keys[0].made must be a time");

        for (Map.Entry<String, String> each : spoilt.entrySet()) {
            Files.writeString(file(), each.getKey());

            assertThatThrownBy(() -> keys().list())
                    .isInstanceOf(AccessException.class)
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining(each.getValue());
            assertThatThrownBy(() -> keys().add("b", Scope.READ))
                    .isInstanceOf(AccessException.class);
            assertThat(access.caller(secret)).as(each.getKey()).isPresent();
            assertThat(access.caller("mine")).as(each.getKey()).isPresent();
            assertThat(access.caller("nobody's")).as(each.getKey()).isEmpty();
        }
    }

    private static String key(String name, String scope, String sha256, String made) {
        return """
        {"keys":[{"name":"%s","scope":"%s","sha256":"%s","made":"%s"}]}
        """
                .formatted(name, scope, sha256, made);
    }

    @Test
    void aWorkerIsKnownByItsToken() {
        Worker worker = new Worker(new JobId("0123456789ab"), new TaskId("t"), 1);
        Access access =
                Access.none().andFor(token -> Optional.of(worker).filter(_ -> token.equals("t")));

        assertThat(access.caller("t")).contains(new Caller.AtWork(worker));
        assertThat(access.caller("u")).isEmpty();
    }

    @Test
    void aKeyThatCanBeGuessedIsWeak() {
        assertThat(Access.weakness("your-api-key")).isPresent();
        assertThat(Access.weakness("x".repeat(31))).isPresent();
        assertThat(Access.weakness("x".repeat(32))).isEmpty();
    }

    @Test
    void theKeyOfThisMachineIsMadeOnce() throws Exception {
        LocalKey key = LocalKey.in(folder.resolve("home"));
        assertThat(key.find()).isEmpty();

        String made = key.findOrMake();

        assertThat(key.findOrMake()).isEqualTo(made);
        assertThat(Access.weakness(made)).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key.file())))
                .isEqualTo("rw-------");
    }
}
