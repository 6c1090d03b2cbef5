package dev.coppice.folder;

import dev.coppice.model.Event;
import dev.coppice.model.Recorded;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The one place where secrets are taken out of text: everything that is shown (logs, reports, results, events) passes
/// [#mask], and what an attempt reports passes [#maskReport] before it is an event. What agents and programs are told
/// to do is stored as it was asked, and never altered.
///
/// Two kinds are masked: values that are known to be secret, wherever they stand, also encoded for a
/// URL or as JSON; and whatever has the form of a well-known token. A secret must lie within one text: who
/// masks a stream hands over whole lines. Safe for use by many threads.
public final class Secrets {
    /// What stands where a secret stood.
    public static final String MASK = "***";

    /// Known values shorter than this are not masked, since they would take ordinary words out.
    public static final int SHORTEST = 6;

    private static final char LAST_OF_ASCII = 0x7f;

    /// A kind of token. The pattern is tried only where one of the hints, in lower case, is found in
    /// the text: finding a word is many times faster than trying a pattern at each place.
    private record Form(List<String> hints, Pattern pattern, String masked) {
        private static Form of(String pattern, String... hints) {
            return new Form(List.of(hints), Pattern.compile(pattern), MASK);
        }

        /// A form whose first group is kept.
        private static Form after(String pattern, String... hints) {
            return new Form(List.of(hints), Pattern.compile(pattern), "$1" + MASK);
        }

        private boolean isLikelyIn(String lower) {
            for (String hint : hints) {
                if (lower.contains(hint)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static final List<Form> FORMS =
            List.of(
                    Form.of(
                            "-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?"
                                    + "(?:-----END [A-Z ]*PRIVATE KEY-----|\\z)",
                            "private key-----"),
                    Form.of("\\bcp[kt]_[A-Za-z0-9_-]{20,}", "cpk_", "cpt_"), // our own
                    Form.of("\\bsk-[A-Za-z0-9_-]{16,}", "sk-"),
                    Form.of(
                            "\\bgh[opsur]_[A-Za-z0-9]{16,}",
                            "ghp_",
                            "gho_",
                            "ghs_",
                            "ghu_",
                            "ghr_"),
                    Form.of("\\bgithub_pat_[A-Za-z0-9_]{16,}", "github_pat_"),
                    Form.of("\\bglpat-[A-Za-z0-9_-]{16,}", "glpat-"),
                    Form.of("\\bxox[abeprs]-[A-Za-z0-9-]{10,}", "xox"),
                    Form.of("\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b", "akia", "asia"),
                    Form.of("\\bAIza[A-Za-z0-9_-]{35}", "aiza"),
                    Form.of("\\bnpm_[A-Za-z0-9]{30,}", "npm_"),
                    Form.of("\\beyJ[A-Za-z0-9_-]{6,}\\.[A-Za-z0-9_-]{6,}\\.[A-Za-z0-9_-]*", "eyj"),
                    // A digit tells a token from prose about "bearer authentication".
                    Form.after(
                            "(?i)(\\bbearer\\s+)(?=[A-Z._~+/=-]*[0-9])[A-Z0-9._~+/=-]{8,}",
                            "bearer"),
                    Form.after(
                            "(?i)(\\bauthorization\\\\?[\"']?\\s*[=:]\\s*\\\\?[\"']?"
                                    + "(?:basic|bearer|token)\\s+)[A-Z0-9._~+/=-]{4,}",
                            "authorization"),
                    Form.after("(://[^\\s/:@]*:)[^\\s/@]+(?=@)", "://"),
                    Form.after(
                            "(?i)((?:api[_-]?key|access[_-]?key|secret|passwd|password|[_-]token)"
                                    + "\\\\?[\"']?\\s*[=:]\\s*\\\\?[\"']?)"
                                    + "[A-Za-z0-9._~+/=-]{8,}(?![A-Za-z0-9._~+/=(-])",
                            "key",
                            "secret",
                            "passw",
                            "token"));

    private final List<String> known;

    /// Masks these values besides what has the form of a token.
    ///
    /// @param known values that must never be shown; those shorter than [#SHORTEST] are left
    public Secrets(Collection<String> known) {
        this.known =
                known.stream()
                        .filter(value -> value.length() >= SHORTEST)
                        .flatMap(value ->
                                Stream.of(
                                        value,
                                        URLEncoder.encode(value, StandardCharsets.UTF_8),
                                        inJson(value, Character.MAX_VALUE),
                                        inJson(value, LAST_OF_ASCII),
                                        // in a text that is bytes, as MaskedLogs reads it
                                        new String(
                                                value.getBytes(StandardCharsets.UTF_8),
                                                StandardCharsets.ISO_8859_1)))
                        .distinct()
                        // A secret that holds another one must go first, or its rest would stay.
                        .sorted(Comparator.comparingInt(String::length).reversed())
                        .toList();
    }

    /// The value as it stands within a JSON text, with escapes for what must have one and for all beyond `last`.
    private static String inJson(String value, char last) {
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            switch (each) {
                case '"', '\\' -> json.append('\\').append(each);
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    boolean isEscaped = each < ' ' || each > last;
                    json.append(isEscaped ? "\\u" + HexFormat.of().toHexDigits(each) : each);
                }
            }
        }
        return json.toString();
    }

    /// The event with every text in it masked, to be shown.
    public Recorded mask(Recorded recorded) {
        return new Recorded(
                recorded.job(), recorded.sequence(), recorded.at(), mask(recorded.event()));
    }

    /// `event` with every text in it masked, to be shown.
    public Event mask(Event event) {
        return new EventMask(this, true).mask(event);
    }

    /// What an attempt reports, to be stored: masked but for the tasks that it lays, since a masked command or
    /// description would be another one.
    public Event maskReport(Event event) {
        return new EventMask(this, false).mask(event);
    }

    /// `text` without secrets.
    public String mask(String text) {
        String masked = text;
        for (String value : known) {
            if (masked.contains(value)) {
                masked = masked.replace(value, MASK);
            }
        }
        String lower = masked.toLowerCase(Locale.ROOT);
        for (Form form : FORMS) {
            if (form.isLikelyIn(lower)) {
                masked = form.pattern().matcher(masked).replaceAll(form.masked());
            }
        }
        return masked;
    }
}
