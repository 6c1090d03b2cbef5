package dev.coppice.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystems;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is told of a pattern is what Java, which matches it later, would throw.
class GlobPatternTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/*.java",
                "**/[a-z]?.txt",
                "{a,b}/c",
                "[!a]",
                "a\\[",
                "}",
                "a]",
                "[^]",
                "[-a]"
            })
    void aPatternIsAccepted(String pattern) {
        assertThat(GlobPattern.complaint(pattern)).isEmpty();
        assertThatCode(() -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/[", "[]", "[!]", "[z-a]", "[a/b]", "{a", "{a,{b}}", "a\\"})
    void whatIsNoPatternIsRefused(String pattern) {
        assertThat(GlobPattern.complaint(pattern)).isPresent();
        assertThatThrownBy(() -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
                .isInstanceOf(PatternSyntaxException.class);
    }
}
