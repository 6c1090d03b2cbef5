package dev.coppice.lead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.plan.PlanRules.Author;
import dev.coppice.testkit.Golden;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LeadPromptTest {
    @Test
    void thePromptHasAllThatTheLeadNeeds() {
        LeadPrompt prompt =
                new LeadPrompt(
                        "/plan $(touch x) 100% \"of it\"\nand more 😀\n",
                        List.of("README.md", "src/Api.java", "src/model/User.java"),
                        Optional.of("# Shop\n\nSells things.\n"),
                        Samples.settings("./mvnw -q test"));

        Golden.check("lead/prompt.txt", prompt.text());
    }

    @Test
    void theExampleOfAnAnswerIsAPlan() {
        String text = prompt(List.of(), "").text();

        String example = text.substring(text.lastIndexOf("\n{") + 1);

        assertThat(
                        Samples.plan(
                                        PlanReader.answer(example),
                                        Samples.rules(Samples.settings(""), Author.AGENT))
                                .tasks())
                .hasSize(1);
    }

    @Test
    void aLargeRepositoryIsShownByFoldersWithCounts() {
        List<String> files =
                IntStream.range(0, 5_000)
                        .mapToObj(i -> "src/part" + i % 50 + "/deep/File" + i + ".java")
                        .toList();

        String text = prompt(files, "").text();

        assertThat(text.lines())
                .contains("src/part7/deep/ (100 files)")
                .noneMatch(line -> line.contains("File7.java"))
                .hasSizeLessThan(500);
    }

    @Test
    void aFolderOfManyFilesIsCut() {
        List<String> files = IntStream.range(0, 1_000).mapToObj(i -> "f" + i).toList();

        assertThat(prompt(files, "").text()).contains("(and 600 more)");
    }

    @Test
    void aLongReadmeIsCutAndSaysSo() {
        String text = prompt(List.of(), "😀".repeat(10_000)).text();

        assertThat(text).contains("😀\n(cut: 14000 characters more)");
    }

    private static LeadPrompt prompt(List<String> files, String readme) {
        return new LeadPrompt("Build it", files, Optional.of(readme), Samples.settings(""));
    }
}
