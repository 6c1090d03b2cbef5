package dev.coppice.model;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a job: 12 lower-case Crockford base-32 characters, ordered by time of submission to
/// the millisecond. Its folder is called `job_<id>`; both forms are accepted by [#parse].
public record JobId(String value) implements Comparable<JobId> {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final Pattern FORM = Pattern.compile("[" + ALPHABET + "]{12}");
    private static final int LENGTH = 12;
    private static final int CHANCE_BITS = 18;

    public JobId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a job id: " + value);
        }
    }

    /// An id for a job submitted at `at`; of `chance` the lowest 18 bits are used.
    public static JobId of(Instant at, long chance) {
        long bits = at.toEpochMilli() << CHANCE_BITS | (chance & ((1L << CHANCE_BITS) - 1));
        char[] text = new char[LENGTH];
        for (int i = LENGTH - 1; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (bits & 31));
            bits >>>= 5;
        }
        return new JobId(new String(text));
    }

    /// The id in `text`, with or without the prefix `job_`; empty where it has not the form of one.
    public static Optional<JobId> parse(String text) {
        String bare = text.startsWith("job_") ? text.substring("job_".length()) : text;
        return FORM.matcher(bare).matches() ? Optional.of(new JobId(bare)) : Optional.empty();
    }

    /// When the job was submitted, or else its id was made, to the millisecond.
    public Instant madeAt() {
        long bits = 0;
        for (int i = 0; i < LENGTH; i++) {
            bits = bits << 5 | ALPHABET.indexOf(value.charAt(i));
        }
        return Instant.ofEpochMilli(bits >>> CHANCE_BITS);
    }

    /// The name of the job's folder below the workspace root.
    public String folder() {
        return "job_" + value;
    }

    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
