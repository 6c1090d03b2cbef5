package dev.coppice.library.envelope;

import dev.coppice.git.Discovery;
import dev.coppice.git.GitException;
import dev.coppice.git.Repositories;
import dev.coppice.plan.Problem;
import dev.coppice.process.Processes;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Opening;
import dev.coppice.runtime.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// Coppice in each repository that the functions are called for, opened once. Safe for use by many threads.
final class OpenRepositories implements AutoCloseable {
    private final Surroundings surroundings;
    private final Repositories repositories;
    private final AuditLog audit;
    private final Path[] ours;
    private final ReentrantLock opening = new ReentrantLock();
    private final Map<Path, Coppice> opened = new HashMap<>();

    /// @param ours files that git is not to see
    OpenRepositories(Surroundings surroundings, Processes processes, AuditLog audit, Path... ours) {
        this.surroundings = surroundings;
        this.repositories = new Repositories(processes, surroundings.environment());
        this.audit = audit;
        this.ours = ours.clone();
    }

    /// Whether a folder lies in a repository.
    boolean isThere(Path folder) {
        return !(repositories.discover(folder) instanceof Discovery.NotARepository);
    }

    /// The repository of a folder, which is made where it is absent.
    Coppice made(Path folder) {
        opening.lock();
        try {
            if (!opened.containsKey(folder)) {
                Files.createDirectories(folder);
                repositories.initialise(folder, surroundings.clock().instant(), ours);
            }
            return at(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " can't be made", e);
        } catch (GitException e) {
            throw new EnvelopeException(folder + " can't be made a repository", e);
        } finally {
            opening.unlock();
        }
    }

    /// The repository of a folder.
    ///
    /// @throws EnvelopeException if it can't be used, or there is none
    Coppice at(Path folder) {
        opening.lock();
        try {
            Coppice known = opened.get(folder);
            if (known != null) {
                return known;
            }
            return switch (Coppice.open(
                    surroundings.in(folder), Optional.empty(), new LinkedHashMap<>())) {
                case Opening.Opened(Coppice coppice) -> {
                    opened.put(folder, coppice);
                    audit.mask(coppice.configuration().secrets());
                    yield coppice;
                }
                case Opening.Refused refused ->
                        throw new EnvelopeException(
                                refused.refusal().problems().stream()
                                        .map(Problem::toString)
                                        .collect(Collectors.joining("\n")));
            };
        } finally {
            opening.unlock();
        }
    }

    @Override
    public void close() {
        opening.lock();
        try {
            opened.values().forEach(Coppice::close);
            opened.clear();
        } finally {
            opening.unlock();
        }
    }
}
