package dev.coppice.attempt;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where the programs of an attempt stand: a worktree of its own, or the user's folder itself.
///
/// @param variables the whole environment of these programs, but for what an agent's launch adds
/// @param privateHome the agent's home folder; absent: the user's
record Place(Path folder, Map<String, String> variables, Optional<Path> privateHome) {
    Place {
        variables = Map.copyOf(variables);
    }

    /// What the agent finds, and the checks that an agent wrote.
    Map<String, String> agentVariables() {
        if (privateHome.isEmpty()) {
            return variables;
        }
        Map<String, String> agents = new HashMap<>(variables);
        agents.put("HOME", privateHome.get().toString());
        return agents;
    }
}
