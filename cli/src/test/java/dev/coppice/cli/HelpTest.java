package dev.coppice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.runtime.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The help texts are a golden file: `-Dgolden=write` writes it anew.
class HelpTest {
    private static final Path GOLDEN = Path.of("src/test/resources/help.txt");

    @Test
    void helpSaysWhatItSaid() throws IOException {
        StringBuilder all = new StringBuilder(printed("--help"));
        for (Commands.Entry command : Commands.shown()) {
            all.append("\n---- ").append(command.name()).append("\n\n");
            all.append(printed(command.name(), "--help"));
        }
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(GOLDEN, all);
        }
        assertThat(all.toString()).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void theVersionIsThatOfTheProject() throws IOException {
        assertThat(Files.readString(Path.of("../pom.xml")))
                .contains("<artifactId>coppice</artifactId>\n  <version>" + Main.VERSION + "<");
    }

    @Test
    void everyShellHasACompletionThatKnowsEveryCommand() {
        for (String shell : List.of("bash", "zsh", "fish")) {
            assertThat(printed("completion", shell))
                    .contains(Commands.shown().stream().map(Commands.Entry::name).toList())
                    .contains("max-workers");
        }
    }

    @Test
    void everyCommandHasJson() {
        assertThat(Commands.shown())
                .allSatisfy(command ->
                        assertThat(printed(command.name(), "--help")).contains("--json"));
        assertThat(printed("completion", "bash", "--json"))
                .startsWith("{\"shell\":\"bash\",\"script\":\"_coppice()");
    }

    private static String printed(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Surroundings nowhere =
                new Surroundings(
                        Path.of("/"),
                        Path.of("/"),
                        Map.of(),
                        Optional.empty(),
                        InstantSource.system());
        int code = new Shell(nowhere, new Output(out, out), false).run(List.of(words));
        assertThat(code).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }
}
