package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.git.Checkout;
import dev.coppice.git.Exclusions;
import dev.coppice.git.Git;
import dev.coppice.model.CommandLine;
import dev.coppice.model.CommitId;
import dev.coppice.model.Settings;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Makes worktrees usable: the steps between a checkout and an agent that can build and test in it.
final class Preparation {
    private static final String INCLUDE_FILE = ".worktreeinclude";

    private final Git git;
    private final Processes processes;
    private final PortBlocks ports;
    private final VirtualEnvironments environments;
    private final SharedSettings shared;
    private final Optional<Path> usersIgnores;

    /// @param home what is kept per user: the register of ports and the cache of Python environments
    Preparation(Git git, Processes processes, Path home) {
        this.git = git;
        this.processes = processes;
        this.ports = new PortBlocks(home.resolve("ports"));
        this.environments = new VirtualEnvironments(home.resolve("cache").resolve("python"));
        this.shared = new SharedSettings(git.commonFolder());
        this.usersIgnores = git.ignoredFiles().usersRules();
    }

    /// Prepares a new worktree. What must not enter a commit is written down before it comes into the worktree, so that it
    /// is known also if this process dies here.
    Workspace prepare(Checkout checkout, WorkspaceRequest request, Launching launching)
            throws InterruptedException {
        Path path = checkout.folder();
        Settings.Environment wanted = request.environment();
        List<String> configured =
                Stream.concat(wanted.copy().stream(), wanted.link().stream()).toList();
        configured.forEach(name -> Inside.of(path, name));
        file(request, request.base(), excluded(request, configured), Optional.empty()).write(path);
        List<String> warnings = new ArrayList<>(git.submodules().fill(checkout));
        warnings.addAll(shared.changes());
        largeFilesWarning(path).ifPresent(warnings::add);

        CarriedFiles carried = new CarriedFiles(git.topLevel(), path);
        wanted.copy().forEach(carried::copy);
        carried.include(git.ignoredFiles().namedBy(git.topLevel().resolve(INCLUDE_FILE)));
        wanted.link().forEach(carried::link);
        warnings.addAll(carried.warnings());

        Optional<PortBlock> block =
                wanted.ports() == 0
                        ? Optional.empty()
                        : Optional.of(ports.take(path, wanted.ports()));
        WorkspaceFile file =
                file(request, request.base(), excluded(request, carried.brought()), block);
        file.write(path);
        AgentIgnores.write(path, file.exclusions(), usersIgnores);

        if (wanted.requirements().isPresent()) {
            Requirements requirements =
                    new Requirements(wanted.packages(), wanted.requirements().get());
            Programs programs = programs(request, launching, path, request.variables());
            warnings.addAll(environments.make(programs, requirements));
        }
        Workspace workspace = workspace(path, request, file, warnings);
        Programs programs = programs(request, launching, path, workspace.variables());
        for (CommandLine command : wanted.setup()) {
            programs.setUp(command);
        }
        return workspace;
    }

    private static List<String> excluded(WorkspaceRequest request, List<String> brought) {
        List<String> excluded = new ArrayList<>(brought);
        excluded.addAll(request.reserved());
        request.environment()
                .requirements()
                .ifPresent(_ -> excluded.add(VirtualEnvironments.FOLDER));
        return excluded;
    }

    /// A workspace as an earlier attempt left it, for another attempt.
    Workspace takeUp(Checkout checkout, WorkspaceRequest request, WorkspaceFile left) {
        Path path = checkout.folder();
        WorkspaceFile file = file(request, left.baseCommit(), left.excluded(), left.portBlock());
        file.write(path);
        AgentIgnores.write(path, file.exclusions(), usersIgnores);
        return workspace(path, request, file, shared.changes());
    }

    /// Gives up what a workspace that is gone had outside of its folder.
    void forget(Path path) throws InterruptedException {
        WorkspaceFile.delete(path);
        AgentIgnores.delete(path);
        ports.giveUp(path);
    }

    Launching launching() {
        return Launching.by(processes);
    }

    private Programs programs(
            WorkspaceRequest request,
            Launching launching,
            Path path,
            Map<String, String> variables) {
        return new Programs(processes, launching, request.marker(), path, variables, request.log());
    }

    private Optional<String> largeFilesWarning(Path path) {
        Path attributes = path.resolve(".gitattributes");
        try {
            boolean isNeeded =
                    Files.isRegularFile(attributes)
                            && Files.readString(attributes, StandardCharsets.ISO_8859_1)
                                    .contains("filter=lfs");
            return isNeeded && !git.hasLargeFileStorage()
                    ? Optional.of(
                            "git-lfs is not installed: large files are pointers in the workspace")
                    : Optional.empty();
        } catch (IOException e) {
            throw new WorkspaceException(attributes + " can't be read: " + e, e);
        }
    }

    private static WorkspaceFile file(
            WorkspaceRequest request,
            CommitId base,
            List<String> excluded,
            Optional<PortBlock> block) {
        return new WorkspaceFile(
                request.job().value(),
                request.task().value(),
                request.number(),
                request.attempt(),
                request.slug().value(),
                request.on().map(BranchName::value).orElse(""),
                request.baseBranch(),
                base.toString(),
                Exclusions.of(excluded).paths(),
                block.map(PortBlock::first).orElse(0),
                block.map(PortBlock::count).orElse(0));
    }

    private Workspace workspace(
            Path path, WorkspaceRequest request, WorkspaceFile file, List<String> warnings) {
        return new Workspace(
                request.job(),
                request.task(),
                request.number(),
                request.attempt(),
                path,
                request.on(),
                file.baseCommit(),
                file.exclusions(),
                Variables.of(
                        request, git.topLevel(), path, file.portBlock(), AgentIgnores.beside(path)),
                warnings);
    }
}
