package dev.coppice.git;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a git command answered.
///
/// @param exit its exit code
/// @param output the bytes of its standard output
/// @param errors its standard error
@SuppressWarnings("ArrayRecordComponent") // read only, compared never
record GitAnswer(int exit, byte[] output, String errors) {
    private static final char UNREADABLE = '\ufffd';

    /// Whether git was ended, by a signal or by its limit: its own codes go up to 129.
    boolean wasEnded() {
        return exit == 124 || exit > 129;
    }

    /// The output without the line end at its end.
    String text() {
        String text = new String(output, StandardCharsets.UTF_8);
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /// The output's lines.
    List<String> lines() {
        String text = text();
        return text.isEmpty() ? List.of() : List.of(text.split("\n", -1));
    }

    /// The output's fields, each of which ended with NUL.
    List<String> fields() {
        return fieldsBut(-1);
    }

    /// The fields that don't begin with this byte: of a long list most of which do, few texts are made.
    List<String> fieldsBut(int first) {
        List<String> fields = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < output.length; i++) {
            if (output[i] == 0) {
                if (output[start] != first) {
                    fields.add(new String(output, start, i - start, StandardCharsets.UTF_8));
                }
                start = i + 1;
            }
        }
        return fields;
    }

    /// Whether a text read from an answer is what git wrote: file names may be any bytes, and those that are no UTF-8
    /// can't be given back to git.
    static boolean wasUtf8(String text) {
        return text.indexOf(UNREADABLE) < 0;
    }
}
