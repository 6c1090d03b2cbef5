package dev.coppice.runtime;

import dev.coppice.config.Configuration;
import dev.coppice.config.Loading;
import dev.coppice.config.Sources;
import dev.coppice.git.Discovery;
import dev.coppice.git.Git;
import dev.coppice.git.Repositories;
import dev.coppice.plan.Problem;
import dev.coppice.process.Processes;
import dev.coppice.workspace.BranchTemplate;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// Looks where the user stands, and opens Coppice there, or says why it can't be.
record Opener(
        Surroundings surroundings, Optional<Path> configFile, SequencedMap<String, String> flags) {
    Opening open(Processes processes) {
        Repositories repositories = new Repositories(processes, surroundings.environment());
        Discovery there = repositories.discover(surroundings.folder());
        if (there instanceof Discovery.Found found) {
            Git git = repositories.open(found);
            Loading loading = load(found.topLevel(), git.checkout()::isTracked);
            return switch (loading) {
                case Loading.Refused refused -> invalid(refused);
                case Loading.Usable usable ->
                        new Opening.Opened(
                                new Coppice(
                                        surroundings,
                                        new Ground.Checkout(found, git),
                                        usable.configuration(),
                                        processes));
            };
        }
        return switch (load(surroundings.folder(), _ -> false)) {
            case Loading.Refused refused -> invalid(refused);
            case Loading.Usable usable -> {
                Coppice coppice =
                        new Coppice(
                                surroundings,
                                new Ground.Folder(surroundings.folder()),
                                usable.configuration(),
                                processes);
                yield coppice.isWithoutWorktrees() || coppice.isStored()
                        ? new Opening.Opened(coppice)
                        : new Opening.Refused(refusal(there));
            }
        };
    }

    private static Opening invalid(Loading.Refused refused) {
        return new Opening.Refused(new Refusal(Refusal.Kind.INVALID, refused.problems()));
    }

    private static Refusal refusal(Discovery there) {
        return switch (there) {
            case Discovery.NotARepository none -> Refusal.noRepository(none.folder());
            case Discovery.Bare bare ->
                    Refusal.unusable(
                            bare.folder().toString(),
                            "This is a bare repository, in which nobody can work. Clone it and go into the clone.");
            case Discovery.DubiousOwnership owned ->
                    Refusal.unusable(owned.folder().toString(), owned.advice());
            case Discovery.NoGit _ ->
                    Refusal.unusable(
                            "git",
                            "There is no git program on the PATH. Install git 2.38 or newer.");
            case Discovery.TooOld old ->
                    Refusal.unusable(
                            "git",
                            "Git " + old.version() + " is too old. Install git 2.38 or newer.");
            case Discovery.Found found ->
                    throw new IllegalArgumentException("a repository: " + found.topLevel());
        };
    }

    private Loading load(Path root, Predicate<Path> isTracked) {
        Loading loading =
                Configuration.load(
                        new Sources(
                                surroundings.folder(),
                                root,
                                configFile,
                                surroundings.home(),
                                surroundings.environment(),
                                flags,
                                isTracked));
        return switch (loading) {
            case Loading.Refused refused -> refused;
            case Loading.Usable(Configuration configuration) ->
                    BranchTemplate.problem(configuration.settings().layout().branchTemplate())
                            .<Loading>map(why -> unfitTemplate(configuration, why))
                            .orElse(loading);
        };
    }

    /// What is a name of a branch, the configuration does not know.
    private static Loading unfitTemplate(Configuration configuration, String why) {
        String key = "orchestrator.branch_template";
        String place =
                configuration.effective().stream()
                        .filter(entry -> entry.key().equals(key))
                        .map(Configuration.Entry::source)
                        .findFirst()
                        .orElse(key);
        return new Loading.Refused(List.of(new Problem(place, key + " " + why)));
    }
}
