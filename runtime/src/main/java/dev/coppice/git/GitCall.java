package dev.coppice.git;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One git command being put together. Used once, by one thread.
final class GitCall {
    private final GitProgram program;
    private final Path folder;
    private final List<String> arguments;
    private final List<String> settings = new ArrayList<>();
    private final Map<String, String> variables = new HashMap<>();
    private byte[] input = {};

    GitCall(GitProgram program, Path folder, List<String> arguments) {
        this.program = program;
        this.folder = folder;
        this.arguments = new ArrayList<>(arguments);
    }

    GitCall with(Collection<?> more) {
        more.forEach(argument -> arguments.add(argument.toString()));
        return this;
    }

    GitCall with(Object... more) {
        return with(List.of(more));
    }

    /// Adds `-c name=value`.
    GitCall setting(String nameAndValue) {
        settings.add(nameAndValue);
        return this;
    }

    GitCall variable(String name, Object value) {
        variables.put(name, value.toString());
        return this;
    }

    GitCall input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    GitCall input(byte[] bytes) {
        input = bytes;
        return this;
    }

    /// Runs it, whatever it exits with.
    GitAnswer answer() {
        return program.run(folder, variables, settings, arguments, input);
    }

    /// Runs it and expects exit code 0.
    ///
    /// @throws GitException with git's errors for any other
    GitAnswer done() {
        GitAnswer answer = answer();
        if (answer.exit() != 0) {
            throw failure(answer);
        }
        return answer;
    }

    /// Runs it as a question: exit code 0 is yes, 1 is no.
    ///
    /// @throws GitException with git's errors for any other
    boolean holds() {
        GitAnswer answer = answer();
        return switch (answer.exit()) {
            case 0 -> true;
            case 1 -> false;
            default -> throw failure(answer);
        };
    }

    GitException failure(GitAnswer answer) {
        return new GitException(
                "git %s, in %s, ended with exit code %d: %s"
                        .formatted(
                                String.join(" ", arguments),
                                folder,
                                answer.exit(),
                                answer.errors().strip()));
    }
}
