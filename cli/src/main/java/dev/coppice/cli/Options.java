package dev.coppice.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The forms of options and parameters that commands are described with.
final class Options {
    static final String JSON = "--json";
    static final String CONFIG = "--config";

    private final CommandSpec spec;
    private int parameters;

    private Options(CommandSpec spec) {
        this.spec = spec;
    }

    static Options of(CommandSpec spec) {
        return new Options(spec);
    }

    /// Those that nearly every command has.
    Options usual() {
        return usual("Print one JSON document");
    }

    /// The same where `--json` needs more words.
    Options usual(String json) {
        return value(CONFIG, "FILE", "The configuration's file, in place of coppice.yaml")
                .flag(JSON, json);
    }

    Options flag(String name, String description) {
        spec.addOption(
                OptionSpec.builder(name)
                        .type(boolean.class)
                        .arity("0")
                        .description(description)
                        .build());
        return this;
    }

    /// A flag that has a short form.
    Options flag(String brief, String name, String description) {
        spec.addOption(
                OptionSpec.builder(brief, name)
                        .type(boolean.class)
                        .arity("0")
                        .description(description)
                        .build());
        return this;
    }

    Options value(String name, String label, String description) {
        spec.addOption(
                OptionSpec.builder(name)
                        .paramLabel(label)
                        .type(String.class)
                        .description(description)
                        .build());
        return this;
    }

    /// An option that may be given several times, each with a value.
    Options values(String name, String label, String description) {
        spec.addOption(
                OptionSpec.builder(name)
                        .paramLabel(label)
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .description(description)
                        .build());
        return this;
    }

    Options parameter(String label, String description) {
        return parameter(label, "1", description);
    }

    Options optional(String label, String description) {
        return parameter(label, "0..1", description);
    }

    private Options parameter(String label, String arity, String description) {
        spec.addPositional(
                PositionalParamSpec.builder()
                        .index(Integer.toString(parameters++))
                        .arity(arity)
                        .paramLabel(label)
                        .type(String.class)
                        .description(description)
                        .build());
        return this;
    }
}
