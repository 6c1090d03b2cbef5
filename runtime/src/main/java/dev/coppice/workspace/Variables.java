package dev.coppice.workspace;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What the programs of a workspace find in their environment because of it.
final class Variables {
    private Variables() {}

    /// The request's variables and ours, of which ours win.
    ///
    /// @param root the user's checkout
    /// @param path the workspace
    /// @param ignored the file that tells the programs' git what to leave alone
    static Map<String, String> of(
            WorkspaceRequest request,
            Path root,
            Path path,
            Optional<PortBlock> ports,
            Path ignored) {
        Map<String, String> variables = new HashMap<>(request.variables());
        variables.keySet().removeIf(name -> name.startsWith("GIT_CONFIG_KEY_"));
        variables.keySet().removeIf(name -> name.startsWith("GIT_CONFIG_VALUE_"));
        variables.put("GIT_CONFIG_COUNT", "1");
        variables.put("GIT_CONFIG_KEY_0", "core.excludesFile");
        variables.put("GIT_CONFIG_VALUE_0", ignored.toString());
        variables.put("COPPICE_JOB", request.job().value());
        variables.put("COPPICE_TASK", request.task().value());
        variables.put("COPPICE_ATTEMPT", Integer.toString(request.attempt()));
        variables.put("COPPICE_SLUG", request.slug().value());
        request.on().ifPresent(branch -> variables.put("COPPICE_BRANCH", branch.value()));
        variables.put("COPPICE_BASE_BRANCH", request.baseBranch());
        variables.put("COPPICE_ROOT_PATH", root.toString());
        variables.put("COPPICE_WORKSPACE_PATH", path.toString());
        variables.put(
                "COMPOSE_PROJECT_NAME",
                "coppice-" + request.job() + "-" + request.number() + "-" + request.slug());
        ports.ifPresent(block -> {
            variables.put("COPPICE_PORT", Integer.toString(block.first()));
            for (int i = 1; i < block.count(); i++) {
                variables.put("COPPICE_PORT_" + i, Integer.toString(block.first() + i));
            }
        });
        if (request.environment().requirements().isPresent()) {
            Path environment = path.resolve(VirtualEnvironments.FOLDER);
            String programs = environment.resolve("bin").toString();
            variables.put("VIRTUAL_ENV", environment.toString());
            variables.merge("PATH", programs, (had, bin) -> bin + ":" + had);
            variables.remove("PYTHONHOME");
        }
        return variables;
    }
}
